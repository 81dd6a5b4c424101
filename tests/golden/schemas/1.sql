-- What Fuyajo wrote when its schema was 1: made by the code of that time, never changed.
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
INSERT INTO "alembic_version" VALUES('0001');
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
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	body TEXT NOT NULL, 
	prev TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "audit" VALUES(1,'2026-11-23T10:49:07.603125+00:00','jun','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210000-0001"}','0000000000000000000000000000000000000000000000000000000000000000','a1732e4d61d39cd41ac2e0e57b62b5919bc2065339c0f433fa0db2b6299a07bd');
INSERT INTO "audit" VALUES(2,'2026-11-23T10:49:07.613892+00:00','mika','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210001-0001"}','a1732e4d61d39cd41ac2e0e57b62b5919bc2065339c0f433fa0db2b6299a07bd','9f051a73bfa108cc163d2a24ee7de6efd16086ccab3477500c23b56619f41dc3');
INSERT INTO "audit" VALUES(3,'2026-11-23T10:49:07.621128+00:00','jun','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210002-0001"}','9f051a73bfa108cc163d2a24ee7de6efd16086ccab3477500c23b56619f41dc3','a1b60d6f187a3dca4083e3f45914c9b276e8e08768668aa1f081cc60e43d4ad4');
INSERT INTO "audit" VALUES(4,'2026-11-23T10:49:07.624929+00:00','mika','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210003-0001"}','a1b60d6f187a3dca4083e3f45914c9b276e8e08768668aa1f081cc60e43d4ad4','4d28bd03835fc54b3fec3989cb21b6324b00d2c2f51a6f48da9903003edab715');
INSERT INTO "audit" VALUES(5,'2026-11-23T10:49:07.630710+00:00','jun','{"event":"run.started","note":"\u5bb6 '' \" \\ ; --","owner":"mika","run":"r-20261122-210004-0001"}','4d28bd03835fc54b3fec3989cb21b6324b00d2c2f51a6f48da9903003edab715','54942030378617aef7db32d6da4c2dfe5b9cf9a7e0b1fcbbfc84d39913ef91d6');
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
CREATE INDEX approvals_plan ON approvals (owner, "plan");
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit) BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE INDEX claims_owner ON claims (owner);
CREATE INDEX objects_owner ON objects (owner);
CREATE INDEX usage_owner ON usage (owner, month);
CREATE INDEX usage_host ON usage (host, month);
COMMIT;
PRAGMA user_version = 1;
