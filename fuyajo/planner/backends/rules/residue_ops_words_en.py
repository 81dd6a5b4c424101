"""How operations are said, as plain tables: `~` stands for the VMs, a bar divides two ways to say it."""

from __future__ import annotations

#: Orders. Longer ones are tried first.
ORDERS = {
    "restart": """
 restart ~|re-start ~|reboot ~|re-boot ~|bounce ~|power cycle ~|power-cycle ~|powercycle ~
 relaunch ~|cycle the power on ~|cycle the power of ~|restart ~ up|turn ~ off and on
 turn ~ off and back on|turn ~ off and on again|switch ~ off and on|switch ~ off and on again
 switch ~ off and back on|power ~ off and on|power ~ off and back on|turn ~ off and then on
 turn ~ off and then back on|switch ~ off and then on|give ~ a restart|give ~ a reboot
 give ~ a bounce|give ~ a power cycle|give ~ a fresh start|give ~ a kick|give ~ another restart
 give ~ another reboot|do a restart of ~|do a reboot of ~|do a reboot on ~|do a restart on ~
 perform a restart of ~|perform a reboot of ~|perform a reboot on ~|perform a restart on ~
 trigger a reboot of ~|trigger a restart of ~|trigger a restart on ~|trigger a reboot on ~
 initiate a restart of ~|initiate a reboot of ~|issue a reboot to ~|issue a restart to ~
 force a reboot of ~|force a restart of ~|kick off a restart of ~|kick off a reboot of ~
 make ~ restart|make ~ reboot|have ~ restart|have ~ reboot|bring ~ down and up
 bring ~ down and back up|bring ~ down and up again|take ~ down and up again
 run ~ through a restart|run ~ through a reboot|put ~ through a restart|put ~ through a reboot
 send ~ through a reboot|send ~ through a restart|power cycle on ~|a power cycle for ~""",
    "start": """
 start ~|start up ~|start ~ up|start ~ back up|boot ~|boot up ~|boot ~ up"
    "|boot ~ back up|launch ~
 fire up ~|fire ~ up|fire ~ back up|bring up ~|bring ~ up|bring back ~|bring ~ back up
 bring back up ~|bring ~ online|bring ~ back online|bring ~ to life|bring ~ back to life
 bring ~ live|bring ~ into service|bring ~ back into service|bring ~ into operation
 bring ~ on line|power on ~|power up ~|power ~ on|power ~ up|power ~ back on|power ~ back up
 power back on ~|power back up ~|turn on ~|turn ~ on|turn ~ back on|turn back on ~|switch on ~
 switch ~ on|switch ~ back on|switch back on ~|wake ~|wake up ~|wake ~ up|awaken ~|spin up ~
 spin ~ up|spin ~ back up|get ~ up|get ~ running|get ~ up and running|get ~ back up and running
 get ~ going|get ~ back up|get ~ online|get ~ back online|get ~ started|get ~ booted|get ~ on
 get ~ live|put ~ on|put ~ back on|put ~ online|put ~ back online|put ~ into operation
 put ~ in operation|put ~ into service|put ~ back into service|put ~ back in service
 put ~ in service|put ~ to work|set ~ running|set ~ going|set ~ in motion|run ~|activate ~
 reactivate ~|revive ~|resurrect ~|crank up ~|crank ~ up|light up ~|light ~ up|flip on ~|flip ~ on
 flick ~ on|have ~ start|have ~ boot|make ~ run|make ~ start|make ~ boot|make ~ boot up
 kick ~ into action|kick ~ into life|kick ~ into gear|return ~ to service|return ~ to operation
 give ~ power|give ~ some power|give ~ its power back|restore power to ~|apply power to ~
 start ~ running|have ~ up|have ~ running|have ~ up and running|have ~ online|have ~ back up
 have ~ back online|press start on ~|push the power button of ~|press the power button of ~
 press the power button on ~|fetch ~ back up|hit start on ~|rouse ~|raise ~ from the dead
 bring ~ back from the dead|un-park ~|unpark ~|get ~ off the ground|take ~ back into service
 take ~ into service|take ~ into operation|take ~ online|kick-start ~|kickstart ~""",
    "stop": """
 stop ~|stop ~ running|stop running ~|halt ~|shut down ~|shut ~ down|shutdown ~|shut ~ off
 shut off ~|power off ~|power down ~|power ~ off|power ~ down|poweroff ~|turn off ~|turn ~ off
 switch off ~|switch ~ off|flip ~ off|flick ~ off|take down ~|take ~ down|take ~ offline
 take ~ off line|take offline ~|take ~ out of service|take ~ out of operation|take ~ off the air
 take ~ off the grid|bring down ~|bring ~ down|bring ~ to a halt|bring ~ to a stop|bring ~ offline
 put ~ to sleep|put ~ to bed|put ~ to rest|put ~ offline|put ~ down|put ~ out of service
 put ~ out of operation|send ~ to sleep|send ~ to bed|park ~|pull the plug on ~|pull the plug of ~
 pull the power on ~|pull the power from ~|cut the power to ~|cut power to ~|cut the power of ~
 cut the power for ~|kill the power to ~|kill the power on ~|kill power to ~|take the power off ~
 deactivate ~|wind down ~|wind ~ down|close down ~|close ~ down|spin down ~|spin ~ down|quiesce ~
 get ~ down|get ~ off|get ~ offline|get ~ stopped|give ~ a rest|give ~ a break|make ~ stop
 have ~ stop|have ~ off|have ~ down|have ~ offline|lights out for ~|do a shutdown of ~
 perform a shutdown of ~|perform a shutdown on ~|initiate a shutdown of ~|initiate shutdown of ~
 trigger a shutdown of ~|trigger a shutdown on ~|force a shutdown of ~|issue a shutdown to ~
 make ~ shut down|have ~ shut down|unplug ~|push ~ offline|pull ~ offline|pull ~ down|set ~ to off
 set ~ to stopped|bed down ~|ground ~|press stop on ~|hit stop on ~|silence ~
 switch the lights off on ~""",
    "delete": """
 delete ~|remove ~|erase ~|destroy ~|scrap ~|bin ~|trash ~|wipe ~|wipe out ~"
    "|wipe ~ out|purge ~
 discard ~|decommission ~|get rid of ~|throw away ~|throw ~ away|throw out ~|throw ~ out|toss ~
 toss out ~|toss ~ out|tear down ~|tear ~ down|dispose of ~|do away with ~|nuke ~|ditch ~|dump ~
 axe ~|obliterate ~|clear away ~|clear ~ away|tidy away ~|tidy ~ away|eliminate ~|eradicate ~
 annihilate ~|chuck ~|chuck out ~|chuck ~ out|chuck away ~|chuck ~ away|sweep away ~|take ~ away
 take away ~|blow away ~|blow ~ away|dismantle ~|demolish ~|zap ~|make ~ go away|make ~ disappear
 drop ~|drop ~ for good|strike ~ off the list|strike ~ from the list|cross ~ off the list|rm ~
 throw ~ in the bin|throw ~ into the bin|put ~ in the bin|put ~ in the trash|throw ~ in the trash
 send ~ to the scrapyard|send ~ to the bin|consign ~ to the bin|rid me of ~|rid us of ~
 free us of ~|free me of ~|get ~ deleted|get ~ removed|get ~ off my account|get ~ off my list
 get ~ out of here|get ~ out of the way|take ~ off my list|take ~ off the list
 take ~ off my account|terminate ~|vaporize ~|vaporise ~|put an end to ~|phase out ~|phase ~ out
 weed out ~|weed ~ out|expunge ~|decom ~|pull down ~ for good""",
    "snapshot": """
 snapshot ~|checkpoint ~|take SNAP of ~|make SNAP of ~|create SNAP of ~"
    "|do SNAP of ~|grab SNAP of ~
 store SNAP of ~|save SNAP of ~|get SNAP of ~|capture SNAP of ~|record SNAP of ~|have SNAP of ~
 shoot SNAP of ~|give ~ SNAP|get me SNAP of ~|get us SNAP of ~|make me SNAP of ~|write SNAP of ~
 produce SNAP of ~|set SNAP of ~|set SNAP on ~|freeze SNAP of ~|lay down SNAP of ~|draw SNAP of ~
 pull SNAP of ~|put SNAP of ~ aside|set SNAP of ~ aside|add SNAP of ~|keep SNAP of ~
 secure SNAP of ~|perform SNAP of ~|trigger SNAP of ~|run SNAP of ~|preserve ~ in SNAP
 freeze ~ in SNAP|save ~ in SNAP|save ~ as SNAP|capture ~ in SNAP|save the state of ~ in SNAP
 save the current state of ~ in SNAP|capture the state of ~ in SNAP
 preserve the state of ~ in SNAP|record the state of ~ in SNAP|keep the state of ~ in SNAP""",
    "revert": """
 revert ~ to BACK|roll ~ back to BACK|roll back ~ to BACK|rollback ~ to BACK|reset ~ to BACK
 restore ~ to BACK|restore ~ from BACK|return ~ to BACK|bring ~ back to BACK|put ~ back to BACK
 set ~ back to BACK|take ~ back to BACK|get ~ back to BACK|move ~ back to BACK
 change ~ back to BACK|switch ~ back to BACK|turn ~ back to BACK|send ~ back to BACK
 go back to BACK on ~|go back to BACK with ~|go back to BACK for ~|put ~ back on BACK
 put ~ back into BACK|bring back BACK of ~|restore BACK of ~|restore BACK on ~|wind ~ back to BACK
 rewind ~ to BACK|undo ~ to BACK|reset ~ back to BACK|revert ~ back to BACK|return to BACK on ~
 load BACK of ~|load BACK on ~|load BACK into ~|apply BACK to ~|recover ~ from BACK
 recover ~ to BACK|throw ~ back to BACK|drop ~ back to BACK|jump back to BACK on ~
 step ~ back to BACK|have ~ back at BACK|have ~ back on BACK|get ~ back on BACK|get ~ back at BACK
 flip ~ back to BACK|push ~ back to BACK""",
    "resize": """
 give ~ MUCH|grant ~ MUCH|allow ~ MUCH|assign ~ MUCH|allocate ~ MUCH|assign MUCH to ~
 allocate MUCH to ~|set ~ to MUCH|set ~ at MUCH|set up ~ with MUCH|put ~ on MUCH|put ~ at MUCH
 put MUCH into ~|put MUCH in ~|give MUCH to ~|make ~ have MUCH|make ~ MUCH|resize ~ to MUCH
 change ~ to MUCH|bump ~ to MUCH|bump ~ up to MUCH|bump up ~ to MUCH|bring ~ to MUCH
 bring ~ up to MUCH|bring ~ down to MUCH|take ~ to MUCH|take ~ up to MUCH|take ~ down to MUCH
 raise ~ to MUCH|lift ~ to MUCH|increase ~ to MUCH|upgrade ~ to MUCH|downgrade ~ to MUCH
 extend ~ to MUCH|expand ~ to MUCH|grow ~ to MUCH|enlarge ~ to MUCH|widen ~ to MUCH
 stretch ~ to MUCH|reduce ~ to MUCH|lower ~ to MUCH|shrink ~ to MUCH|cut ~ to MUCH
 cut ~ down to MUCH|cut ~ back to MUCH|trim ~ to MUCH|trim ~ down to MUCH|limit ~ to MUCH
 cap ~ at MUCH|restrict ~ to MUCH|scale ~ to MUCH|scale ~ up to MUCH|scale ~ down to MUCH
 scale up ~ to MUCH|scale down ~ to MUCH|dial ~ to MUCH|dial ~ up to MUCH|dial ~ down to MUCH
 dial ~ back to MUCH|crank ~ up to MUCH|crank ~ to MUCH|push ~ to MUCH|push ~ up to MUCH
 pump ~ up to MUCH|beef ~ up to MUCH|beef up ~ to MUCH|boost ~ to MUCH|drop ~ to MUCH
 drop ~ down to MUCH|turn ~ up to MUCH|turn ~ down to MUCH|move ~ to MUCH|move ~ up to MUCH
 adjust ~ to MUCH|modify ~ to MUCH|update ~ to MUCH|fix ~ at MUCH|configure ~ with MUCH
 configure ~ to MUCH|configure ~ to have MUCH|reconfigure ~ to MUCH|reconfigure ~ with MUCH
 equip ~ with MUCH|supply ~ with MUCH|provide ~ with MUCH|fit ~ with MUCH|outfit ~ with MUCH
 fit ~ out with MUCH|size ~ at MUCH|size ~ to MUCH|provision ~ with MUCH|hand ~ MUCH|get ~ MUCH
 get ~ to MUCH|get ~ up to MUCH|get ~ down to MUCH|step ~ up to MUCH|step ~ down to MUCH
 slim ~ down to MUCH|tune ~ to MUCH|tune ~ down to MUCH|have ~ at MUCH|have ~ with MUCH
 run ~ with MUCH|run ~ on MUCH|bless ~ with MUCH|treat ~ to MUCH|spoil ~ with MUCH
 make ~ run with MUCH|have ~ run with MUCH""",
}
#: What is done to it: "has to be …", "I want it …".
DONE = {
    "restart": """
 restarted|re-started|rebooted|re-booted|bounced|power cycled|power-cycled|relaunched
 turned off and on|turned off and on again|turned off and back on|switched off and on again""",
    "start": """
 started|started up|booted|booted up|launched|fired up|brought up|brought back"
    "|brought back up
 brought online|brought back online|powered on|powered up|powered back on|powered back up
 turned on|turned back on|switched on|switched back on|woken|woken up|spun up|activated
 reactivated|revived|resurrected|on|back on|on again|up|up again|back up|up and running
 up and running again|back up and running|running|running again|online|online again|back online
 live|live again|back in service|back in operation|in operation|in service|put back on
 put back online|put into operation|going|going again|alive|alive again|awake|unparked""",
    "stop": """
 stopped|halted|shut down|shut off|powered off|powered down|turned off|switched off|taken down
 taken offline|taken out of service|taken off the air|brought down|put to sleep|put to bed|parked
 deactivated|spun down|closed down|off|down|offline|switched off again|turned off again
 stopped again|off again|quiet|out of service|put out of service|put out of operation|asleep
 wound down|unplugged|silent|grounded""",
    "delete": """
 deleted|removed|erased|destroyed|scrapped|binned|trashed|wiped|wiped out|purged|discarded
 decommissioned|got rid of|gotten rid of|thrown away|thrown out|tossed|tossed out|torn down
 disposed of|nuked|ditched|dumped|axed|obliterated|cleared away|eliminated|eradicated|chucked
 chucked out|dismantled|demolished|dropped|gone|gone for good|deleted for good|removed for good
 out of the way|history|terminated|done away with|taken away|put in the bin|thrown in the bin
 off my account|off my list|off the list|weeded out|phased out""",
    "snapshot": "snapshotted|snapshoted|checkpointed|captured in SNAP|saved in SNAP|preserved in SNAP",
    "revert": """
 reverted to BACK|rolled back to BACK|reset to BACK|restored to BACK|restored from BACK
 returned to BACK|put back to BACK|set back to BACK|brought back to BACK|taken back to BACK
 back at BACK|back on BACK|moved back to BACK""",
    "resize": """
 given MUCH|set to MUCH|resized to MUCH|brought to MUCH|brought up to MUCH"
    "|brought down to MUCH
 raised to MUCH|increased to MUCH|upgraded to MUCH|extended to MUCH|expanded to MUCH
 reduced to MUCH|lowered to MUCH|cut to MUCH|cut down to MUCH|scaled to MUCH|scaled up to MUCH
 scaled down to MUCH|bumped to MUCH|bumped up to MUCH|changed to MUCH|shrunk to MUCH|grown to MUCH
 enlarged to MUCH|trimmed to MUCH|moved to MUCH|put on MUCH|put at MUCH|at MUCH|boosted to MUCH
 dropped to MUCH|limited to MUCH|capped at MUCH|granted MUCH|assigned MUCH|allocated MUCH
 equipped with MUCH|configured with MUCH|adjusted to MUCH|dialled back to MUCH|dialed back to MUCH
 with MUCH|fitted with MUCH|running with MUCH|running on MUCH|lifted to MUCH|stretched to MUCH
 downgraded to MUCH|taken to MUCH|taken up to MUCH|taken down to MUCH|MUCH|supplied with MUCH
 provided with MUCH""",
}
#: What it does itself: "it must …".
DOES = {
    "restart": """
 restart|reboot|be bounced|restart itself|get a restart|get a reboot"
    "|have a restart|have a reboot
 go through a reboot""",
    "start": """
 start|start up|boot|boot up|run|run again|come up|come back|come back up|come online
 come back online|go on|go back on|go online|go back online|be live|go live|go up|wake up
 go into service|go into operation|come alive|be on|start running|get going|start again|boot again
 come on|come back on|return to service""",
    "stop": """
 stop|stop running|halt|shut down|go off|go down|go offline|go to sleep|power off"
    "|power down|rest
 go to bed|sleep|take a rest|take a break|go out of service|be off|have a rest|go dark""",
    "delete": """
 go away|go for good|disappear|vanish|be history|go in the bin|go into the bin"
    "|go in the trash
 get the axe|get the chop""",
    "snapshot": "get SNAP|have SNAP|receive SNAP",
    "revert": """
 go back to BACK|return to BACK|be back at BACK|be back on BACK|roll back to BACK"
    "|revert to BACK""",
    "resize": """
 have MUCH|get MUCH|receive MUCH|run with MUCH|run on MUCH|be MUCH|go to MUCH|go up to MUCH
 go down to MUCH|grow to MUCH|shrink to MUCH|use MUCH|live on MUCH|live with MUCH
 make do with MUCH|get by on MUCH|get by with MUCH|be at MUCH|manage with MUCH|cope with MUCH
 come with MUCH|own MUCH|come down to MUCH|drop to MUCH|work with MUCH|go back to MUCH""",
}
#: "needs a …", "a … of it".
NOUNS = {
    "restart": "restart|re-start|reboot|re-boot|power cycle|bounce|fresh start|relaunch",
    "start": "start|boot|startup|start-up|launch|power-up|power-on|wake-up|wake-up call",
    "stop": "stop|shutdown|shut-down|shut down|power-off|halt|switch-off|power off",
    "delete": "deletion|removal|destruction|disposal|decommissioning|teardown|erasure",
    "snapshot": "snapshot|checkpoint|restore point",
}
#: "would you mind …".
DOING = {
    "restart": """
 restarting ~|rebooting ~|bouncing ~|power cycling ~|power-cycling ~"
    "|turning ~ off and on again
 relaunching ~""",
    "start": """
 starting ~|starting up ~|starting ~ up|booting ~|booting up ~|booting ~ up"
    "|launching ~|firing up ~
 firing ~ up|bringing up ~|bringing ~ up|bringing ~ back up|bringing ~ back|bringing ~ online
 bringing ~ back online|powering on ~|powering up ~|powering ~ on|powering ~ up|turning on ~
 turning ~ on|turning ~ back on|switching on ~|switching ~ on|switching ~ back on|waking ~
 waking up ~|waking ~ up|spinning up ~|spinning ~ up|getting ~ up and running|getting ~ running
 getting ~ back up|getting ~ going|getting ~ online""",
    "stop": """
 stopping ~|halting ~|shutting down ~|shutting ~ down|shutting off ~|shutting ~ off"
    "|powering off ~
 powering ~ off|powering down ~|powering ~ down|turning off ~|turning ~ off|switching off ~
 switching ~ off|taking down ~|taking ~ down|taking ~ offline|bringing down ~|bringing ~ down
 putting ~ to sleep|parking ~|pulling the plug on ~|cutting the power to ~""",
    "delete": """
 deleting ~|removing ~|erasing ~|destroying ~|scrapping ~|binning ~|trashing ~"
    "|wiping ~|purging ~
 discarding ~|decommissioning ~|getting rid of ~|throwing away ~|throwing ~ away|throwing out ~
 throwing ~ out|tearing down ~|tearing ~ down|disposing of ~|doing away with ~|nuking ~|ditching ~
 clearing away ~""",
    "snapshot": """
 snapshotting ~|taking SNAP of ~|making SNAP of ~|creating SNAP of ~|doing SNAP of ~
 saving SNAP of ~""",
    "revert": """
 reverting ~ to BACK|rolling ~ back to BACK|rolling back ~ to BACK|restoring ~ to BACK
 resetting ~ to BACK|putting ~ back to BACK""",
    "resize": """
 giving ~ MUCH|setting ~ to MUCH|resizing ~ to MUCH|raising ~ to MUCH|increasing ~ to MUCH
 reducing ~ to MUCH|lowering ~ to MUCH|bumping ~ to MUCH|bumping ~ up to MUCH|upgrading ~ to MUCH
 extending ~ to MUCH|changing ~ to MUCH|bringing ~ to MUCH|bringing ~ up to MUCH|growing ~ to MUCH
 shrinking ~ to MUCH|putting ~ on MUCH""",
}
#: How it is done, in words that change nothing.
ADVERBS = """
 now|please|pls|plz|kindly|just|quickly|completely|cleanly|gracefully|right now|right away
 straight away|simply|safely|properly|finally|fully|entirely|permanently|immediately|again
 once again|once more|today|asap|at once|for good|for me|for us|for now|as well|too|also|instantly
 urgently|promptly|swiftly|directly|straightaway|carefully|gently|really|altogether|all together
 together|in one go|first|forever|both|all|though|as soon as possible|as soon as you can
 at your convenience|without delay|without further ado|this minute|right here|thanks|thank you|thx
 cheers|by the way|in the meantime|in any case|anyway|anyhow|regardless|ok|okay|off you go
 this instant|on the spot|pronto|quick|fast|this time|for the time being|myself|ourselves
 if you please|from my account|from my list|from our account|from the list|from there|from here
 in full|of mine|of ours|real quick|if you would|would you|could you|will you|can you
 if you don't mind|if you wouldn't mind|thank you very much|thanks a lot|many thanks
 thanks in advance|thank you in advance|thanks so much|much appreciated|thanks very much"""
