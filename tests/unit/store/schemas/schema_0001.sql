BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE assessments (
	number INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	"by" VARCHAR NOT NULL, 
	input BLOB NOT NULL, 
	program_version VARCHAR NOT NULL, 
	knowledge_version VARCHAR NOT NULL, 
	seed BIGINT NOT NULL, 
	draws INTEGER, 
	result BLOB NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT assessments_primary PRIMARY KEY (number), 
	CONSTRAINT assessments_id_once UNIQUE (id), 
	CONSTRAINT assessments_person_known FOREIGN KEY(person) REFERENCES persons (id), 
	CONSTRAINT assessments_knowledge_version_known FOREIGN KEY(knowledge_version) REFERENCES knowledge (version)
);
INSERT INTO "assessments" VALUES(1,'one','person-000001','2026-11-22T09:00:00.000000Z','anna',X'789C2B48CCCCB35288CECE4B4D8DE5020020CE0468','0.1.0','knowledge-of-the-day',7,200,X'789CAB56CA2FCA4CCFCC2B56B28AAE564AAD28C84904730CF48C0D5081496D6C2D005EDB0D99',0);
CREATE TABLE attempts (
	name VARCHAR NOT NULL, 
	count INTEGER NOT NULL, 
	since VARCHAR(27) NOT NULL, 
	until VARCHAR(27), 
	CONSTRAINT attempts_primary PRIMARY KEY (name)
);
INSERT INTO "attempts" VALUES('b',3,'2026-11-22T09:00:00.000000Z',NULL);
CREATE TABLE audit (
	number INTEGER NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	actor VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	object VARCHAR NOT NULL, 
	detail TEXT NOT NULL, 
	previous VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	CONSTRAINT audit_primary PRIMARY KEY (number), 
	CONSTRAINT audit_previous_once UNIQUE (previous), 
	CONSTRAINT audit_digest_once UNIQUE (digest)
);
INSERT INTO "audit" VALUES(1,'2026-11-22T09:00:01.000000Z','anna','knowledge.keep','knowledge:knowledge-of-the-day','{"sha256":"b06535b9091ca86ee5db1ce43be61bd563090624d57c3e925d66d32afcb64c94"}','0000000000000000000000000000000000000000000000000000000000000000','adb6612270013c138be61cc8d7801f4ee09b04d525d81e7803a71f13d1f1bc54');
INSERT INTO "audit" VALUES(2,'2026-11-22T09:00:01.000000Z','anna','person.add','person:person-000001','{"is_demonstration":false}','adb6612270013c138be61cc8d7801f4ee09b04d525d81e7803a71f13d1f1bc54','2908d4108343a5d0dbe7cfacc94b43f7adf6dd757feee961483ced5557c41466');
INSERT INTO "audit" VALUES(3,'2026-11-22T09:00:01.000000Z','anna','person.add','person:person-000002','{"is_demonstration":false}','2908d4108343a5d0dbe7cfacc94b43f7adf6dd757feee961483ced5557c41466','a13f3bdeb262a35df36b6aad30f5f5360e77e5761b7ca31367d1ac97e2b21390');
INSERT INTO "audit" VALUES(4,'2026-11-22T09:00:02.000000Z','user-anna','user.add','user:user-anna','{"roles":["clinician"]}','a13f3bdeb262a35df36b6aad30f5f5360e77e5761b7ca31367d1ac97e2b21390','c1357c66ec460bee3c90ddb3860bfdb76393b17ccdc56b01637c22b523491bec');
INSERT INTO "audit" VALUES(5,'2026-11-22T09:00:02.000000Z','user-anna','facts.add','person:person-000001','{"revision":1,"facts":[["a","266ca32810ee5168edee5da0a1ca0ad94ddec9ca662babc111277b36929607ef"],["b","c458aae7a2490ee7ec54750c9aa05af1e67c95a7fec90be2c98cc5840bbd555e"]]}','c1357c66ec460bee3c90ddb3860bfdb76393b17ccdc56b01637c22b523491bec','d4fcae3bd35f48a3215bdb46864578c30ea3319ac5dd2c22a662ae2244b65eda');
INSERT INTO "audit" VALUES(6,'2026-11-22T09:00:02.000000Z','user-anna','facts.add','person:person-000001','{"revision":2,"facts":[["c","d63fd169d89edcc61587685d6a2189f900c049940af9acff2f890a1c8adb24f3"]]}','d4fcae3bd35f48a3215bdb46864578c30ea3319ac5dd2c22a662ae2244b65eda','6d1f127d7e557b727c4ecbc0fec2c5fe216b8f4d1b91f61512a2bbdf0fd2ac68');
INSERT INTO "audit" VALUES(7,'2026-11-22T09:00:02.000000Z','user-anna','assessment.add','person:person-000001','{"assessment":"one","digest":"0fb2e655b127c100fbed46ea53ff889e39778c6b91b4ffcd601bfb3c2c605567","revision":0}','6d1f127d7e557b727c4ecbc0fec2c5fe216b8f4d1b91f61512a2bbdf0fd2ac68','1015c1cb8d0f57ab37d14ee5ecfa9beae7596fa4b824d5f7c4dd9de6d32b223e');
INSERT INTO "audit" VALUES(8,'2026-11-22T09:00:02.000000Z','user-anna','opinion.add','person:person-000001','{"opinion":"o","assessment":"one","digest":"ffca200087fdc9c2caec21b45d7877757984c3ad9bc65468c1a264bb303c6c97"}','1015c1cb8d0f57ab37d14ee5ecfa9beae7596fa4b824d5f7c4dd9de6d32b223e','9535dc02b193c7fe04473bd0a123a78b4a131572c0b68283ab84fac92a9f8a15');
INSERT INTO "audit" VALUES(9,'2026-11-22T09:00:02.000000Z','user-anna','link.add','person:person-000001','{"link":"used","purpose":"intake","expires_at":"2026-11-22T10:00:00Z"}','9535dc02b193c7fe04473bd0a123a78b4a131572c0b68283ab84fac92a9f8a15','f936df91529e80d8a1f1349270c56427ceb432d262c2ebaf5521a497e9dd9eca');
INSERT INTO "audit" VALUES(10,'2026-11-22T09:00:02.000000Z','user-anna','link.use','person:person-000001','{"link":"used"}','f936df91529e80d8a1f1349270c56427ceb432d262c2ebaf5521a497e9dd9eca','844ca2e1507143deb62139a9fab54ef33fd676051d356ff1b3b61cafc02ff9a8');
INSERT INTO "audit" VALUES(11,'2026-11-22T09:00:02.000000Z','user-anna','link.add','person:person-000001','{"link":"open","purpose":"intake","expires_at":"2026-11-22T10:00:00Z"}','844ca2e1507143deb62139a9fab54ef33fd676051d356ff1b3b61cafc02ff9a8','cc09b7ceb06fc9e5585eaf07a42e20368693c55d4c8a031a8b23cb7eee1422fa');
CREATE TABLE drafts (
	id VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	link VARCHAR, 
	content TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	saved_at VARCHAR(27) NOT NULL, 
	submitted_at VARCHAR(27), 
	CONSTRAINT drafts_primary PRIMARY KEY (id), 
	CONSTRAINT drafts_person_known FOREIGN KEY(person) REFERENCES persons (id), 
	CONSTRAINT drafts_link_known FOREIGN KEY(link) REFERENCES links (id)
);
INSERT INTO "drafts" VALUES('d','person-000001','used','{"page":[1,"ü"]}',1,'2026-11-22T09:00:00.000000Z',NULL);
CREATE TABLE facts (
	number INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	entry TEXT, 
	"on" DATE, 
	"by" VARCHAR NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	replaces VARCHAR, 
	withdrawn BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT facts_primary PRIMARY KEY (number), 
	CONSTRAINT facts_id_once UNIQUE (id), 
	CONSTRAINT facts_person_known FOREIGN KEY(person) REFERENCES persons (id), 
	CONSTRAINT facts_replaces_known FOREIGN KEY(replaces) REFERENCES facts (id)
);
INSERT INTO "facts" VALUES(1,'a','person-000001','pain','{"site":"knee","intensity":6}',NULL,'anna','2026-11-22T09:00:00.000000Z',NULL,0,1);
INSERT INTO "facts" VALUES(2,'b','person-000001','drug','"ibuprofen 400 mg"',NULL,'anna','2026-11-22T09:00:00.000000Z',NULL,0,1);
INSERT INTO "facts" VALUES(3,'c','person-000001','pain','{"site":"hip","note":"µ"}','2026-11-20','anna','2026-11-22T09:00:00.000000Z','a',0,2);
CREATE TABLE knowledge (
	version VARCHAR NOT NULL, 
	content BLOB NOT NULL, 
	digest VARCHAR NOT NULL, 
	kept_at VARCHAR(27) NOT NULL, 
	CONSTRAINT knowledge_primary PRIMARY KEY (version)
);
INSERT INTO "knowledge" VALUES('knowledge-of-the-day',X'789C4BCCC95128C9482C51C82C56C8CECB2FCF4B1C1518151815181518151815181C02000725788B','b06535b9091ca86ee5db1ce43be61bd563090624d57c3e925d66d32afcb64c94','2026-11-22T09:00:01.000000Z');
CREATE TABLE links (
	id VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	purpose VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	expires_at VARCHAR(27) NOT NULL, 
	used_at VARCHAR(27), 
	revoked_at VARCHAR(27), 
	CONSTRAINT links_primary PRIMARY KEY (id), 
	CONSTRAINT links_digest_once UNIQUE (digest), 
	CONSTRAINT links_person_known FOREIGN KEY(person) REFERENCES persons (id)
);
INSERT INTO "links" VALUES('used','d1','intake','person-000001','user-anna','2026-11-22T09:00:00.000000Z','2026-11-22T10:00:00.000000Z','2026-11-22T09:00:00.000000Z',NULL);
INSERT INTO "links" VALUES('open','d2','intake','person-000001','user-anna','2026-11-22T09:00:00.000000Z','2026-11-22T10:00:00.000000Z',NULL,NULL);
CREATE TABLE opinions (
	number INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	assessment VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL, 
	decision VARCHAR NOT NULL, 
	reason TEXT NOT NULL, 
	"by" VARCHAR NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	CONSTRAINT opinions_primary PRIMARY KEY (number), 
	CONSTRAINT opinions_id_once UNIQUE (id), 
	CONSTRAINT opinions_assessment_known FOREIGN KEY(assessment) REFERENCES assessments (id)
);
INSERT INTO "opinions" VALUES(1,'o','one','hip_oa.left','rejected','no groin pain','user-anna','2026-11-22T09:00:00.000000Z');
CREATE TABLE persons (
	id VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	birth_date DATE, 
	sex VARCHAR, 
	is_demonstration BOOLEAN NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT persons_primary PRIMARY KEY (id)
);
INSERT INTO "persons" VALUES('person-000001','Person 1',NULL,NULL,0,'2026-11-22T09:00:00.000000Z',2);
INSERT INTO "persons" VALUES('person-000002','Person 2',NULL,NULL,0,'2026-11-22T09:00:00.000000Z',0);
CREATE TABLE sessions (
	digest VARCHAR NOT NULL, 
	user VARCHAR, 
	link VARCHAR, 
	csrf VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	seen_at VARCHAR(27) NOT NULL, 
	expires_at VARCHAR(27) NOT NULL, 
	CONSTRAINT sessions_primary PRIMARY KEY (digest), 
	CONSTRAINT sessions_user_known FOREIGN KEY(user) REFERENCES users (id), 
	CONSTRAINT sessions_link_known FOREIGN KEY(link) REFERENCES links (id)
);
INSERT INTO "sessions" VALUES('s','user-anna',NULL,'t','full','2026-11-22T09:00:00.000000Z','2026-11-22T09:00:00.000000Z','2026-11-22T10:00:00.000000Z');
CREATE TABLE users (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	name_key VARCHAR NOT NULL, 
	display_name VARCHAR NOT NULL, 
	roles TEXT NOT NULL, 
	is_locked BOOLEAN NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	password_hash VARCHAR NOT NULL, 
	totp_secret VARCHAR, 
	totp_last_step BIGINT NOT NULL, 
	recovery_hashes TEXT NOT NULL, 
	must_change BOOLEAN NOT NULL, 
	CONSTRAINT users_primary PRIMARY KEY (id), 
	CONSTRAINT users_name_key_once UNIQUE (name_key)
);
INSERT INTO "users" VALUES('user-anna','Anna','anna','','["clinician"]',0,'2026-11-22T09:00:00.000000Z','hash',NULL,0,'["one"]',0);
CREATE TABLE worklist (
	person VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	label_key VARCHAR NOT NULL, 
	is_demonstration BOOLEAN NOT NULL, 
	urgency VARCHAR, 
	waiting_for_review BOOLEAN NOT NULL, 
	follow_up_due DATE, 
	leading VARCHAR NOT NULL, 
	assessment VARCHAR, 
	assessed_at VARCHAR(27), 
	urgency_place SMALLINT NOT NULL, 
	waiting_place SMALLINT NOT NULL, 
	due_place DATE NOT NULL, 
	CONSTRAINT worklist_primary PRIMARY KEY (person), 
	CONSTRAINT worklist_person_known FOREIGN KEY(person) REFERENCES persons (id), 
	CONSTRAINT worklist_assessment_known FOREIGN KEY(assessment) REFERENCES assessments (id)
);
INSERT INTO "worklist" VALUES('person-000001','Person 1','person 1',0,'same_day',1,'2026-12-01','','one','2026-11-22T09:00:00.000000Z',1,0,'2026-12-01');
INSERT INTO "worklist" VALUES('person-000002','Person 2','person 2',0,NULL,0,NULL,'',NULL,NULL,4,1,'9999-12-31');
CREATE INDEX facts_by_person_number ON facts (person, number);
CREATE UNIQUE INDEX facts_replaces_once ON facts (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX assessments_by_person_number ON assessments (person, number);
CREATE INDEX opinions_by_assessment_number ON opinions (assessment, number);
CREATE INDEX links_by_person ON links (person);
CREATE INDEX sessions_by_user ON sessions (user);
CREATE INDEX sessions_by_link ON sessions (link);
CREATE INDEX sessions_by_expires_at ON sessions (expires_at);
CREATE INDEX drafts_by_person ON drafts (person);
CREATE INDEX drafts_by_link ON drafts (link);
CREATE INDEX attempts_by_since ON attempts (since);
CREATE INDEX audit_by_object_number ON audit (object, number);
CREATE INDEX worklist_in_order ON worklist (urgency_place, waiting_place, due_place, person);
CREATE INDEX worklist_by_label ON worklist (label_key, person);
CREATE INDEX worklist_waiting ON worklist (waiting_place, urgency_place, due_place, person);
CREATE INDEX worklist_due ON worklist (due_place, urgency_place, waiting_place, person);
CREATE TRIGGER facts_no_update BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'facts is append-only'); END;
CREATE TRIGGER facts_no_delete BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'facts is append-only'); END;
CREATE TRIGGER facts_no_replace BEFORE INSERT ON facts WHEN EXISTS (SELECT 1 FROM facts WHERE number = NEW.number) OR EXISTS (SELECT 1 FROM facts WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM facts WHERE replaces = NEW.replaces) BEGIN SELECT RAISE(ABORT, 'facts is append-only'); END;
CREATE TRIGGER knowledge_no_update BEFORE UPDATE ON knowledge BEGIN SELECT RAISE(ABORT, 'knowledge is append-only'); END;
CREATE TRIGGER knowledge_no_delete BEFORE DELETE ON knowledge BEGIN SELECT RAISE(ABORT, 'knowledge is append-only'); END;
CREATE TRIGGER knowledge_no_replace BEFORE INSERT ON knowledge WHEN EXISTS (SELECT 1 FROM knowledge WHERE version = NEW.version) BEGIN SELECT RAISE(ABORT, 'knowledge is append-only'); END;
CREATE TRIGGER assessments_no_update BEFORE UPDATE ON assessments BEGIN SELECT RAISE(ABORT, 'assessments is append-only'); END;
CREATE TRIGGER assessments_no_delete BEFORE DELETE ON assessments BEGIN SELECT RAISE(ABORT, 'assessments is append-only'); END;
CREATE TRIGGER assessments_no_replace BEFORE INSERT ON assessments WHEN EXISTS (SELECT 1 FROM assessments WHERE number = NEW.number) OR EXISTS (SELECT 1 FROM assessments WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'assessments is append-only'); END;
CREATE TRIGGER opinions_no_update BEFORE UPDATE ON opinions BEGIN SELECT RAISE(ABORT, 'opinions is append-only'); END;
CREATE TRIGGER opinions_no_delete BEFORE DELETE ON opinions BEGIN SELECT RAISE(ABORT, 'opinions is append-only'); END;
CREATE TRIGGER opinions_no_replace BEFORE INSERT ON opinions WHEN EXISTS (SELECT 1 FROM opinions WHERE number = NEW.number) OR EXISTS (SELECT 1 FROM opinions WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'opinions is append-only'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number) OR EXISTS (SELECT 1 FROM audit WHERE previous = NEW.previous) OR EXISTS (SELECT 1 FROM audit WHERE digest = NEW.digest) BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
COMMIT;
