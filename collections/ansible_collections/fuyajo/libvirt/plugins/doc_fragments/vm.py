# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of machines, said once."""

from __future__ import annotations

import re
import textwrap

OPTIONS = r"""
name:
  description: Name of the machine, lower-case letters, digits and hyphens, a letter first.
  type: str
  required: true
state:
  description:
    - V(present) makes the machine and leaves its power alone.
    - V(started), V(stopped) and V(paused) make it as well when it is missing.
    - V(stopped) asks the guest to power off and pulls the plug after O(shutdown_timeout).
    - V(restarted) is a change every time. A machine whose memory was saved goes on from there when it is
      started, with the hardware it had then.
    - V(paused) holds the processors; memory stays, and V(started) goes on from there.
    - V(absent) removes the machine, its seed and what libvirt keeps for it (NVRAM, TPM state), and
      the disks only with O(remove_storage).
  type: str
  choices: [present, started, stopped, restarted, paused, absent]
  default: present
uuid:
  description: Refuse unless the machine of that name is this one.
  type: str
cpus:
  description:
    - Number of processors, V(1) for a new machine.
    - Up to O(max_cpus) it is changed while the machine runs; otherwise it takes effect at a start.
  type: int
max_cpus:
  description:
    - How many processors the machine can be given while it runs; the same as O(cpus) for a new
      machine. Takes effect at a start.
  type: int
memory:
  description:
    - Memory such as V(2G) or V(512 MiB); a plain number counts MiB. V(1024) for a new machine.
    - Up to O(max_memory) it is changed while the machine runs, by the guest's balloon; otherwise it
      takes effect at a start.
  type: str
max_memory:
  description:
    - How far O(memory) can grow while the machine runs, in the same form; the same as O(memory) for a
      new machine. The host must be able to give that much. Takes effect at a start.
  type: str
disk:
  description:
    - Size of the root disk such as V(10G); a plain number counts GiB. It can only grow, and does so
      while the machine runs.
    - When omitted, a new machine gets the size of its image, or no disk without one.
  type: str
image:
  description:
    - A name of O(images), or a base volume that the pool has already.
    - It counts when the machine is made; an existing disk is never replaced.
  type: str
disks:
  description:
    - Data disks, beside the root disk. They are told apart by their names.
    - A disk that is not listed stays unless O(exact_disks); taking a disk away never deletes a volume,
      and when it is listed again, the volume comes back with what it holds.
    - While the machine runs, disks on V(virtio) and V(scsi) come, go and grow at once where its board has
      room and the guest lets go of them; everything else takes effect at a start.
  type: list
  elements: dict
  suboptions:
    name:
      description:
        - Name of the disk. Its volume in the pool is C(MACHINE.NAME.qcow2) or C(MACHINE.NAME.raw).
        - A disk that was not made by this collection goes by its target, for example V(vdb).
      type: str
      required: true
    size:
      description: Its size such as V(10G); a plain number counts GiB. Needed to make it; it can only grow.
      type: str
    volume:
      description:
        - A volume that exists already, by its name in libvirt, instead of one that is made. It is never
          resized or removed. A volume V(data) of the option C(volumes) is named V(data.vol.qcow2).
      type: str
    pool:
      description: The pool that O(disks[].volume) is in. The pool of the task when omitted.
      type: str
    bus:
      description: How the guest sees it, V(virtio) for a new disk. V(scsi) is virtio-scsi.
      type: str
      choices: [virtio, scsi, sata]
    format:
      description:
        - Format of the volume, V(qcow2) for a new one. Of O(disks[].volume) it is found out.
      type: str
      choices: [qcow2, raw]
    serial:
      description: Serial number that the guest sees, up to 20 letters, digits and C(_.+-).
      type: str
    readonly:
      description: Whether the guest may only read it. V(false) for a new disk; not possible on V(sata).
      type: bool
    shareable:
      description:
        - Whether several machines may use it at once. V(false) for a new disk. It needs the format
          V(raw), and turns the host's cache off. A shareable disk is never removed.
      type: bool
    cache:
      description: The host's cache, QEMU's own choice for a new disk.
      type: str
      choices: [default, none, writethrough, writeback, directsync, unsafe]
    io:
      description: How the host reads and writes. V(native) needs the cache V(none) or V(directsync).
      type: str
      choices: [native, threads, io_uring]
    discard:
      description: Whether space that the guest frees is given back to the host.
      type: str
      choices: [unmap, ignore]
    boot_order:
      description: Its place among the devices to boot from, from 1. Not together with O(boot).
      type: int
    state:
      description: V(absent) takes the disk out of the machine. Its volume stays.
      type: str
      choices: [present, absent]
      default: present
exact_disks:
  description: Whether data disks that are not listed in O(disks) are taken out of the machine.
  type: bool
  default: false
media:
  description:
    - CD drives. What is listed is all the drives there are; V([]) takes them away.
    - The medium of a drive is changed while the machine runs; drives themselves come and go at a start.
  type: list
  elements: dict
  suboptions:
    name:
      description: Name of the drive.
      type: str
      required: true
    path:
      description: Absolute path of an image on the host. An empty text is an empty drive.
      type: str
nics:
  description:
    - Network cards. What is listed is all the cards there are. One on the network V(user) for a new
      machine when omitted.
    - Each needs either O(nics[].network) or O(nics[].bridge).
    - While the machine runs, cards come and go at once where its board has room and the guest lets go of
      them, those on V(user) at a start.
  type: list
  elements: dict
  suboptions:
    network:
      description:
        - Name of a libvirt network, or V(user) for one that needs no bridge. There is at most one
          of the latter, it is the last card, and nothing but O(nics[].mac) can be said about it.
      type: str
    bridge:
      description: Name of a bridge of the host.
      type: str
    mac:
      description: MAC address. Computed from owner, machine and place for a new card.
      type: str
    model:
      description: Model of the card, V(virtio) for a new one.
      type: str
    link:
      description: Whether the cable is in. V(up) for a new card; changed while the machine runs.
      type: str
      choices: [up, down]
    boot_order:
      description: Its place among the devices to boot from, from 1. Not together with O(boot).
      type: int
forwards:
  description: Guest ports that answer on 127.0.0.1 of the host, by the network V(user).
  type: list
  elements: dict
  suboptions:
    guest:
      description: TCP port of the guest.
      type: int
      required: true
    host:
      description: Port of the host. When omitted, one from 20000 to 29999, kept from then on.
      type: int
shares:
  description:
    - Directories of the host that the guest can mount. What is listed is all the shares there are.
    - Takes effect at a start.
  type: list
  elements: dict
  suboptions:
    name:
      description: The tag by which the guest mounts it.
      type: str
      required: true
    path:
      description: Absolute path of a directory on the host.
      type: str
      required: true
    driver:
      description:
        - V(virtiofs) for a new share; the machine's memory is then shared with the process that
          serves it. V(9p) is slower and needs no such process.
      type: str
      choices: [virtiofs, 9p]
    readonly:
      description: Whether the guest may only read it. V(virtiofs) can do that from libvirt 11 on.
      type: bool
host_devices:
  description:
    - Devices of the host that the guest gets, each by either O(host_devices[].pci) or
      O(host_devices[].usb). What is listed is all there are. Takes effect at a start.
  type: list
  elements: dict
  suboptions:
    pci:
      description: PCI address such as V(0000:01:00.0). The host loses the device while the guest runs.
      type: str
    usb:
      description: Ids of vendor and product such as V(046d:c52b).
      type: str
firmware:
  description:
    - V(bios) or V(uefi); V(bios) for a new machine. V(uefi) needs the machine V(q35) and, on the host,
      OVMF (package C(ovmf) or C(edk2-ovmf)). It cannot be changed later.
  type: str
  choices: [bios, uefi]
secure_boot:
  description:
    - Whether the firmware starts only what is signed, with the well-known keys enrolled. It needs
      O(firmware=uefi). V(false) for a new machine. It cannot be changed later.
  type: bool
tpm:
  description:
    - Whether the machine has a TPM 2.0. The host needs C(swtpm). Its state lives as long as the machine
      does. V(false) for a new machine. Takes effect at a start.
  type: bool
machine:
  description:
    - The board, such as V(pc), V(q35) or a version of them. For a new machine V(q35) under KVM or with
      UEFI and V(pc) otherwise, which starts faster there. Later only another version of the same board
      is possible, from the next start on.
  type: str
cpu_mode:
  description:
    - The processor. V(host-passthrough) for a new machine under KVM and V(maximum) otherwise. V(custom)
      needs O(cpu_model). Takes effect at a start.
  type: str
  choices: [host-passthrough, host-model, maximum, custom]
cpu_model:
  description: A model of a processor that libvirt knows, such as V(Haswell). Takes effect at a start.
  type: str
boot:
  description:
    - What to boot from, in that order. V([disk]) for a new machine, unless devices have a
      C(boot_order). Takes effect at a start.
  type: list
  elements: str
  choices: [disk, cdrom, network]
video:
  description:
    - The graphics card. V(none) for a new machine, and V(vga) when it has a screen. Takes effect at a
      start.
  type: str
  choices: [none, virtio, vga]
graphics:
  description:
    - The screen. V(none) for a new machine. V(vnc) listens on 127.0.0.1 of the host and nowhere else,
      on a port that libvirt chooses. Takes effect at a start.
  type: str
  choices: [none, vnc]
serial_log:
  description:
    - Whether everything that comes over the serial console is kept in a file, C(NAME.serial.log)
      where libvirt's own logs of machines are. V(false) for a new machine. Takes effect at a start.
  type: bool
guest_agent:
  description:
    - Whether there is a channel for the QEMU guest agent. V(true) for a new machine. Takes effect at a
      start.
  type: bool
autostart:
  description: Whether the machine starts with the host. V(false) for a new machine. Takes effect at once.
  type: bool
cloud_init:
  description:
    - What cloud-init is told at the first boot.
    - For a machine that exists the seed is written anew when what it says differs, and found at the next
      start. Its instance-id stays, so that the guest keeps its host keys; cloud-init then does only what
      it does at every boot.
    - The result names the keys that differ and never shows what they hold.
  type: dict
  suboptions:
    user:
      description: A user to create, with password-less sudo and no password.
      type: str
    ssh_authorized_keys:
      description: Public keys that may log in.
      type: list
      elements: str
    hostname:
      description: Host name of the guest. The machine's name when omitted.
      type: str
    user_data:
      description: More top-level keys of cloud-config. They win over what is made here.
      type: dict
    network_config:
      description: A network-config document for cloud-init.
      type: dict
    rerun:
      description:
        - Whether a seed that differs gets a new instance-id. Then cloud-init does everything again, as on
          a new machine, which includes new host keys. A seed that does not differ is left alone.
      type: bool
      default: false
title:
  description: One line about the machine. An empty text takes it away. Takes effect at once.
  type: str
description:
  description:
    - More about the machine, up to 4096 characters. An empty text takes it away. Takes effect at once.
  type: str
tags:
  description:
    - Words to find the machine by, kept in its metadata. What is listed is all the tags there are.
      Takes effect at once.
  type: list
  elements: str
metadata:
  description: What is kept in the machine's own metadata. An omitted key is left alone.
  type: dict
  suboptions:
    template:
      description: Name of the template that the machine was made from.
      type: str
    spec_digest:
      description: Digest of the specification that it was made from.
      type: str
    configured:
      description: Digest of what was last configured inside the guest.
      type: str
    expires:
      description: When it may be removed.
      type: str
force_off:
  description: Whether a machine that is to be stopped or restarted loses its power without being asked.
  type: bool
  default: false
remove_storage:
  description:
    - With O(state=absent), whether the root disk and the O(disks) that were made for the machine are
      deleted as well. Never a medium, a shareable disk, an image, a volume of O(disks[].volume), or
      anything that another machine or volume uses.
  type: bool
  default: false
wait_for:
  description:
    - When the task is done with a machine. V(running) is right after the start; V(agent) when its guest
      agent answers; V(address) when it has an IP address; V(ssh) when port 22 answers there;
      V(cloud_init) when cloud-init has finished without an error.
    - Nothing is waited for when the machine is not to run, and never in check mode.
    - When the time is up the task fails and says what was seen last. What was made or changed stays.
    - What could never come is refused before anything is made, such as an address when O(nics) is empty.
  type: str
  choices: [running, agent, address, ssh, cloud_init]
wait_timeout:
  description: Seconds that O(wait_for) may take.
  type: int
  default: 300
"""


_OWN = "|".join(re.findall(r"^(\w+):$", OPTIONS, re.MULTILINE))


class ModuleDocFragment:
    """The options at the top of their own module, and as elements of the list in `stack`."""

    # Annotated, because ansible-test reads plain assignments as literal texts.
    DOCUMENTATION: str = "options:\n" + textwrap.indent(OPTIONS, "  ")
    IN_STACK: str = """
options:
  vms:
    description: Virtual machines.
    type: list
    elements: dict
    default: []
    suboptions:
""" + textwrap.indent(re.sub(rf"O\(({_OWN})\b", r"O(vms[].\1", OPTIONS), " " * 6)
