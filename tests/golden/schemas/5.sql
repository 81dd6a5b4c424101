-- What Fuyajo wrote when its schema was 5: that of 4, migrated by the code of that time; never changed.
BEGIN TRANSACTION;
CREATE TABLE accounts (
	owner TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	PRIMARY KEY (owner)
);
INSERT INTO "accounts" VALUES('owner-0',1);
INSERT INTO "accounts" VALUES('owner-1',8);
INSERT INTO "accounts" VALUES('owner-2',15);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE approvals (
	id TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	door TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	note TEXT NOT NULL, 
	created TEXT NOT NULL, 
	expires TEXT NOT NULL, 
	used TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT verdict CHECK (verdict IN ('approved', 'rejected'))
);
INSERT INTO "approvals" VALUES('id-0','家 '' " \ ; -- :x %s','0000000000000000000000000000000000000000000000000000000000000000','mika','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','approved','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00','2026-11-22T21:00:00.000000+00:00','家 '' " \ ; -- :x %s');
INSERT INTO "approvals" VALUES('id-1','tab	here
and[31m','1111111111111111111111111111111111111111111111111111111111111111','jun','tab	here
and[31m','tab	here
and[31m','tab	here
and[31m','rejected','tab	here
and[31m','2026-11-22T21:00:01.000000+00:00','2026-11-22T21:00:01.000000+00:00',NULL);
INSERT INTO "approvals" VALUES('id-2','','2222222222222222222222222222222222222222222222222222222222222222','aya','','','','approved','','2026-11-22T21:00:02.000000+00:00','2026-11-22T21:00:02.000000+00:00','');
CREATE TABLE assistant_calls (
	caller TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	mark TEXT NOT NULL, 
	PRIMARY KEY (caller, at)
);
INSERT INTO "assistant_calls" VALUES('mika token t-1',1795000000,'m-1');
CREATE TABLE assistant_questions (
	id TEXT NOT NULL, 
	caller TEXT NOT NULL, 
	mark TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "assistant_questions" VALUES('q-1','mika token t-1','m-1','mika','p-1','d-1',1795000600);
CREATE TABLE assistant_reads (
	caller TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (caller)
);
INSERT INTO "assistant_reads" VALUES('mika token t-1',1795000001);
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	body TEXT NOT NULL, 
	prev TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "audit" VALUES(1,'2026-11-23T10:48:26.347119+00:00','jun','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210000-0001"}','0000000000000000000000000000000000000000000000000000000000000000','9458e61d0c10c49ebc20b27a9f05999624459f1c12ea219f48a492c1851464c9');
INSERT INTO "audit" VALUES(2,'2026-11-23T10:48:26.364303+00:00','mika','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210001-0001"}','9458e61d0c10c49ebc20b27a9f05999624459f1c12ea219f48a492c1851464c9','ae31e50ad2358aa1597acc7986fc6c8f20603d50640fd6d3f63e0d30ba208000');
INSERT INTO "audit" VALUES(3,'2026-11-23T10:48:26.376126+00:00','jun','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210002-0001"}','ae31e50ad2358aa1597acc7986fc6c8f20603d50640fd6d3f63e0d30ba208000','899ef49fc9f3c5676fe4d8dbe6857fc98157d7621d2d9626b43a769a66d15200');
INSERT INTO "audit" VALUES(4,'2026-11-23T10:48:26.387962+00:00','mika','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210003-0001"}','899ef49fc9f3c5676fe4d8dbe6857fc98157d7621d2d9626b43a769a66d15200','f2dba9e02d6f3729ab639d45faced2413a692683acfbc1a0eae1ed1f5912d0cc');
INSERT INTO "audit" VALUES(5,'2026-11-23T10:48:26.399975+00:00','jun','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210004-0001"}','f2dba9e02d6f3729ab639d45faced2413a692683acfbc1a0eae1ed1f5912d0cc','7a8fb2130011c684ae78dd0d3bc6b540fc330d15564970ffcdace66c1b9dfadd');
CREATE TABLE baselines (
	uuid TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	run TEXT, 
	taken TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (uuid)
);
INSERT INTO "baselines" VALUES('uuid-0','mika','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00','家 '' " \ ; -- :x %s');
INSERT INTO "baselines" VALUES('uuid-1','jun','tab	here
and[31m',NULL,'2026-11-22T21:00:01.000000+00:00','tab	here
and[31m');
INSERT INTO "baselines" VALUES('uuid-2','aya','','','2026-11-22T21:00:02.000000+00:00','');
CREATE TABLE calls (
	user TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	status INTEGER, 
	answer TEXT, 
	created TEXT NOT NULL, 
	PRIMARY KEY (user, "key")
);
INSERT INTO "calls" VALUES('user-0','key-0','0000000000000000000000000000000000000000000000000000000000000000',1,'家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "calls" VALUES('user-1','key-1','1111111111111111111111111111111111111111111111111111111111111111',8,NULL,'2026-11-22T21:00:01.000000+00:00');
INSERT INTO "calls" VALUES('user-2','key-2','2222222222222222222222222222222222222222222222222222222222222222',15,'','2026-11-22T21:00:02.000000+00:00');
CREATE TABLE claims (
	run TEXT NOT NULL, 
	name TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	host TEXT NOT NULL, 
	generation INTEGER NOT NULL, 
	vms INTEGER NOT NULL, 
	cpus INTEGER NOT NULL, 
	memory_mib INTEGER NOT NULL, 
	disk_gib INTEGER NOT NULL, 
	running_mib INTEGER NOT NULL, 
	pool_gib INTEGER NOT NULL, 
	snapshots INTEGER NOT NULL, 
	trash_gib INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	PRIMARY KEY (run, name)
);
INSERT INTO "claims" VALUES('run-0','name-0','家 '' " \ ; -- :x %s','mika','家 '' " \ ; -- :x %s',1,1,1,1,1,1,1,1,1,'2026-11-22T21:00:00.000000+00:00');
INSERT INTO "claims" VALUES('run-1','name-1','tab	here
and[31m','jun','tab	here
and[31m',8,8,8,8,8,8,8,8,8,'2026-11-22T21:00:01.000000+00:00');
INSERT INTO "claims" VALUES('run-2','name-2','','aya','',15,15,15,15,15,15,15,15,15,'2026-11-22T21:00:02.000000+00:00');
CREATE TABLE collectors (
	host TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (host)
);
INSERT INTO "collectors" VALUES('host-0','家 '''' " \ ; -- :x %s',1795390000);
INSERT INTO "collectors" VALUES('host-1','tab	here
and[31m',1795390001);
INSERT INTO "collectors" VALUES('host-2','',1795390002);
CREATE TABLE events (
	run TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	line TEXT NOT NULL, 
	PRIMARY KEY (run, seq)
);
INSERT INTO "events" VALUES('run-0',1,'{"x":"家 \u001b"}');
INSERT INTO "events" VALUES('run-1',2,'{"x":"家 \u001b"}');
INSERT INTO "events" VALUES('run-2',3,'{"x":"家 \u001b"}');
CREATE TABLE handovers (
	digest TEXT NOT NULL, 
	user TEXT NOT NULL, 
	challenge TEXT NOT NULL, 
	until TEXT NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "handovers" VALUES('0000000000000000000000000000000000000000000000000000000000000000','mika','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "handovers" VALUES('1111111111111111111111111111111111111111111111111111111111111111','jun','tab	here
and[31m','2026-11-22T21:00:01.000000+00:00');
INSERT INTO "handovers" VALUES('2222222222222222222222222222222222222222222222222222222222222222','noriko','','2026-11-22T21:00:02.000000+00:00');
CREATE TABLE identities (
	issuer TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	user TEXT NOT NULL, 
	made INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	PRIMARY KEY (issuer, subject)
);
INSERT INTO "identities" VALUES('issuer-0','subject-0','mika',1,'2026-11-22T21:00:00.000000+00:00');
INSERT INTO "identities" VALUES('issuer-1','subject-1','jun',8,'2026-11-22T21:00:01.000000+00:00');
INSERT INTO "identities" VALUES('issuer-2','subject-2','noriko',15,'2026-11-22T21:00:02.000000+00:00');
CREATE TABLE jobs (
	run TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	"plan" TEXT, 
	state TEXT NOT NULL, 
	priority INTEGER NOT NULL, 
	fence INTEGER NOT NULL, 
	worker TEXT, 
	lease TEXT, 
	locks TEXT NOT NULL, 
	consent TEXT, 
	reason TEXT NOT NULL, 
	created TEXT NOT NULL, 
	failure TEXT, 
	started TEXT, 
	finished TEXT, 
	wanted TEXT, "check" INTEGER, trace TEXT, host TEXT, door TEXT, 
	PRIMARY KEY (run)
);
INSERT INTO "jobs" VALUES('run-0','mika','家 '' " \ ; -- :x %s','queued',1,1,'家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00','2026-11-22T21:00:00.000000+00:00','家 '' " \ ; -- :x %s',NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('run-1','jun',NULL,'running',8,8,NULL,'2026-11-22T21:00:01.000000+00:00','tab	here
and[31m',NULL,'tab	here
and[31m','2026-11-22T21:00:01.000000+00:00',NULL,'2026-11-22T21:00:01.000000+00:00','2026-11-22T21:00:01.000000+00:00',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('run-2','aya','','successful',15,15,'','2026-11-22T21:00:02.000000+00:00','','','','2026-11-22T21:00:02.000000+00:00','','2026-11-22T21:00:02.000000+00:00','2026-11-22T21:00:02.000000+00:00','',1,'00-aa-bb-01','far',NULL);
CREATE TABLE objects (
	uuid TEXT NOT NULL, 
	host TEXT NOT NULL, 
	name TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	state TEXT NOT NULL, 
	run TEXT, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	PRIMARY KEY (uuid), 
	CONSTRAINT state CHECK (state IN ('there', 'trash', 'gone'))
);
INSERT INTO "objects" VALUES('uuid-0','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','mika','there','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "objects" VALUES('uuid-1','tab	here
and[31m','tab	here
and[31m','jun','trash',NULL,'2026-11-22T21:00:01.000000+00:00','2026-11-22T21:00:01.000000+00:00');
INSERT INTO "objects" VALUES('uuid-2','','','aya','gone','','2026-11-22T21:00:02.000000+00:00','2026-11-22T21:00:02.000000+00:00');
CREATE TABLE pieces (
	talk TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (talk, n, last)
);
INSERT INTO "pieces" VALUES('talk-0',1,1,'[["piece",1,{"text":"家"}]]');
INSERT INTO "pieces" VALUES('talk-1',2,2,'[["piece",1,{"text":"家"}]]');
INSERT INTO "pieces" VALUES('talk-2',3,3,'[["piece",1,{"text":"家"}]]');
CREATE TABLE plans (
	owner TEXT NOT NULL, 
	id TEXT NOT NULL, 
	body TEXT NOT NULL, 
	created TEXT NOT NULL, 
	run TEXT, 
	PRIMARY KEY (owner, id)
);
INSERT INTO "plans" VALUES('mika','id-0','{"x":"家 \u001b"}','2026-11-22T21:00:00.000000+00:00','家 '' " \ ; -- :x %s');
INSERT INTO "plans" VALUES('jun','id-1','{"x":"家 \u001b"}','2026-11-22T21:00:01.000000+00:00','tab	here
and[31m');
INSERT INTO "plans" VALUES('noriko','id-2','{"x":"家 \u001b"}','2026-11-22T21:00:02.000000+00:00',NULL);
CREATE TABLE records (
	run TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	status TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (run)
);
INSERT INTO "records" VALUES('run-0','mika','successful','{"x":"家 \u001b"}');
INSERT INTO "records" VALUES('run-1','jun','failed','{"x":"家 \u001b"}');
INSERT INTO "records" VALUES('run-2','noriko','canceled','{"x":"家 \u001b"}');
CREATE TABLE rounds (
	host TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (host, at)
);
INSERT INTO "rounds" VALUES('host-0',1795390000,X'00FF0000FF0000FF00');
INSERT INTO "rounds" VALUES('host-1',1795390001,X'00FF0100FF0100FF01');
INSERT INTO "rounds" VALUES('host-2',1795390002,X'00FF0200FF0200FF02');
CREATE TABLE samples (
	uuid TEXT NOT NULL, 
	tier INTEGER NOT NULL, 
	start BIGINT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (uuid, tier, start)
);
INSERT INTO "samples" VALUES('uuid-0',0,1795390000,X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F2021222324252627');
INSERT INTO "samples" VALUES('uuid-1',1,1795390001,X'0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F2021222324252627');
INSERT INTO "samples" VALUES('uuid-2',2,1795390002,X'');
CREATE TABLE schedules (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	title TEXT NOT NULL, 
	cron TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	request TEXT NOT NULL, 
	enabled INTEGER NOT NULL, 
	next TEXT NOT NULL, 
	last TEXT, 
	outcome TEXT, 
	created TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "schedules" VALUES('id-0','mika','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s',0,'2026-11-22T21:00:00.000000+00:00','2026-11-22T21:00:00.000000+00:00','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "schedules" VALUES('id-1','jun','tab	here
and[31m','tab	here
and[31m','tab	here
and[31m','tab	here
and[31m',1,'2026-11-22T21:00:01.000000+00:00','2026-11-22T21:00:01.000000+00:00',NULL,'2026-11-22T21:00:01.000000+00:00');
INSERT INTO "schedules" VALUES('id-2','aya','','','','',0,'2026-11-22T21:00:02.000000+00:00','2026-11-22T21:00:02.000000+00:00','','2026-11-22T21:00:02.000000+00:00');
CREATE TABLE shares (
	uuid TEXT NOT NULL, 
	grantee TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	rights TEXT NOT NULL, 
	created TEXT NOT NULL, 
	PRIMARY KEY (uuid, grantee), 
	CONSTRAINT rights CHECK (rights IN ('read', 'operate'))
);
INSERT INTO "shares" VALUES('uuid-0','grantee-0','mika','read','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "shares" VALUES('uuid-1','grantee-1','jun','operate','2026-11-22T21:00:01.000000+00:00');
INSERT INTO "shares" VALUES('uuid-2','grantee-2','aya','read','2026-11-22T21:00:02.000000+00:00');
CREATE TABLE ssh_keys (
	owner TEXT NOT NULL, 
	private TEXT NOT NULL, 
	public TEXT NOT NULL, 
	PRIMARY KEY (owner)
);
INSERT INTO "ssh_keys" VALUES('mika','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s');
INSERT INTO "ssh_keys" VALUES('jun','tab	here
and[31m','tab	here
and[31m');
INSERT INTO "ssh_keys" VALUES('noriko','','');
CREATE TABLE talks (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	title TEXT NOT NULL, 
	created TEXT NOT NULL, 
	updated TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "talks" VALUES('id-0','mika','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "talks" VALUES('id-1','jun','tab	here
and[31m','2026-11-22T21:00:01.000000+00:00','2026-11-22T21:00:01.000000+00:00');
INSERT INTO "talks" VALUES('id-2','noriko','','2026-11-22T21:00:02.000000+00:00','2026-11-22T21:00:02.000000+00:00');
CREATE TABLE tokens (
	id TEXT NOT NULL, 
	user TEXT NOT NULL, 
	label TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	scopes TEXT NOT NULL, 
	created TEXT NOT NULL, 
	expires TEXT, 
	used TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "tokens" VALUES('id-0','mika','家 '' " \ ; -- :x %s','0000000000000000000000000000000000000000000000000000000000000000','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00','2026-11-22T21:00:00.000000+00:00','家 '' " \ ; -- :x %s');
INSERT INTO "tokens" VALUES('id-1','jun','tab	here
and[31m','1111111111111111111111111111111111111111111111111111111111111111','tab	here
and[31m','2026-11-22T21:00:01.000000+00:00','2026-11-22T21:00:01.000000+00:00',NULL);
INSERT INTO "tokens" VALUES('id-2','aya','','2222222222222222222222222222222222222222222222222222222222222222','','2026-11-22T21:00:02.000000+00:00','2026-11-22T21:00:02.000000+00:00','');
CREATE TABLE turns (
	talk TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	state TEXT NOT NULL, 
	words TEXT NOT NULL, 
	reply TEXT NOT NULL, 
	planner TEXT, 
	"plan" TEXT, 
	made TEXT NOT NULL, 
	touched TEXT NOT NULL, 
	answer TEXT, 
	problems TEXT NOT NULL, 
	events INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	until TEXT NOT NULL, 
	finished TEXT, 
	PRIMARY KEY (talk, n)
);
INSERT INTO "turns" VALUES('talk-0',1,'mika','answering','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','家 '' " \ ; -- :x %s','[]','[]',NULL,'[]',1,'2026-11-22T21:00:00.000000+00:00','2026-11-22T21:00:00.000000+00:00','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "turns" VALUES('talk-1',2,'jun','done','tab	here
and[31m','tab	here
and[31m','tab	here
and[31m','tab	here
and[31m','["web","家"]','["web","家"]','{"backend":"rules"}','["web","家"]',2,'2026-11-22T21:00:01.000000+00:00','2026-11-22T21:00:01.000000+00:00','2026-11-22T21:00:01.000000+00:00');
INSERT INTO "turns" VALUES('talk-2',3,'noriko','failed','','',NULL,NULL,'[]','[]','{"backend":"rules"}','[]',3,'2026-11-22T21:00:02.000000+00:00','2026-11-22T21:00:02.000000+00:00','2026-11-22T21:00:02.000000+00:00');
CREATE TABLE usage (
	uuid TEXT NOT NULL, 
	month TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	host TEXT NOT NULL, 
	seconds INTEGER NOT NULL, 
	seen TEXT NOT NULL, 
	running INTEGER NOT NULL, 
	PRIMARY KEY (uuid, month, owner, host)
);
INSERT INTO "usage" VALUES('uuid-0','month-0','owner-0','host-0',1,'2026-11-22T21:00:00.000000+00:00',0);
INSERT INTO "usage" VALUES('uuid-1','month-1','owner-1','host-1',8,'2026-11-22T21:00:01.000000+00:00',1);
INSERT INTO "usage" VALUES('uuid-2','month-2','owner-2','host-2',15,'2026-11-22T21:00:02.000000+00:00',0);
CREATE TABLE users (
	name TEXT NOT NULL, 
	admin INTEGER NOT NULL, 
	disabled INTEGER NOT NULL, 
	password TEXT, 
	created TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "users" VALUES('name-0',0,0,'家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "users" VALUES('name-1',1,1,NULL,'2026-11-22T21:00:01.000000+00:00');
INSERT INTO "users" VALUES('name-2',0,0,'','2026-11-22T21:00:02.000000+00:00');
CREATE TABLE workers (
	name TEXT NOT NULL, 
	hosts TEXT NOT NULL, 
	seen TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "workers" VALUES('name-0','家 '' " \ ; -- :x %s','2026-11-22T21:00:00.000000+00:00');
INSERT INTO "workers" VALUES('name-1','tab	here
and[31m','2026-11-22T21:00:01.000000+00:00');
INSERT INTO "workers" VALUES('name-2','','2026-11-22T21:00:02.000000+00:00');
CREATE INDEX approvals_plan ON approvals (owner, "plan");
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit) BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE INDEX claims_owner ON claims (owner);
CREATE INDEX objects_owner ON objects (owner);
CREATE INDEX usage_owner ON usage (owner, month);
CREATE INDEX usage_host ON usage (host, month);
CREATE UNIQUE INDEX tokens_digest ON tokens (digest);
CREATE INDEX tokens_user ON tokens (user);
CREATE INDEX jobs_state ON jobs (state, priority, created);
CREATE INDEX jobs_owner ON jobs (owner, state);
CREATE INDEX schedules_next ON schedules (enabled, next);
CREATE INDEX records_owner ON records (owner, run);
CREATE INDEX talks_owner ON talks (owner, updated);
CREATE INDEX talks_updated ON talks (updated);
CREATE INDEX turns_state ON turns (state, owner);
CREATE INDEX turns_owner ON turns (owner);
CREATE INDEX identities_user ON identities (user);
CREATE INDEX samples_start ON samples (tier, start);
CREATE INDEX assistant_calls_at ON assistant_calls (at);
COMMIT;
PRAGMA user_version = 5;
