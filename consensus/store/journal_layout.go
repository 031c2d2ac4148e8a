package store

// journalLayout holds times and rounds as integers (unix milliseconds and seconds), digests, addresses and prices as
// bytes, and reports and evidence as they travel. Columns beside a report are what is searched by.
func journalLayout() layout {
	return layout{kind: "journal", mark: 0x67506a6c, private: true, steps: []string{
		signedTables, keptTables, asideTables, archiveTable, termsTable,
	}}
}

// signedTables is version 1: what was signed, what waits, who is known.
const signedTables = `
CREATE TABLE watermark (
	single INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (single = 1),
	round INTEGER NOT NULL
) STRICT;
INSERT INTO watermark (round) VALUES (0);
CREATE TABLE proposals (
	pair TEXT NOT NULL,
	round INTEGER NOT NULL,
	report BLOB NOT NULL,
	PRIMARY KEY (pair, round)
) STRICT;
CREATE TABLE cosignatures (
	proposer BLOB NOT NULL,
	pair TEXT NOT NULL,
	round INTEGER NOT NULL,
	id BLOB NOT NULL,
	PRIMARY KEY (proposer, pair, round)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
	id BLOB NOT NULL PRIMARY KEY,
	lastsigned INTEGER NOT NULL,
	signers INTEGER NOT NULL,
	report BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_lastsigned_id ON outbox (lastsigned, id);
CREATE TABLE peers (
	id TEXT NOT NULL PRIMARY KEY,
	position INTEGER NOT NULL,
	addrs TEXT NOT NULL
) STRICT;`

// keptTables is version 2: what is kept for questions. The index of rounds is for Prune, which would otherwise read all
// co-signatures of a day each time.
const keptTables = `
CREATE TABLE evidence (
	proposer BLOB NOT NULL,
	pair TEXT NOT NULL,
	round INTEGER NOT NULL,
	evidence BLOB NOT NULL,
	PRIMARY KEY (proposer, pair, round)
) STRICT;
CREATE TABLE refusals (
	number INTEGER PRIMARY KEY,
	id BLOB NOT NULL,
	reason TEXT NOT NULL,
	pair TEXT NOT NULL,
	price BLOB NOT NULL,
	round INTEGER NOT NULL,
	observed INTEGER NOT NULL,
	proposer BLOB NOT NULL,
	own BLOB,
	fetched INTEGER,
	refused INTEGER NOT NULL,
	UNIQUE (id, reason)
) STRICT;
CREATE INDEX proposals_round ON proposals (round);
CREATE INDEX cosignatures_round ON cosignatures (round);`

// asideTables is version 3: certificates that no store takes, what the node has to tell of them, and a sum that shows a
// certificate that was damaged on the disk; those of before have none. The index lets an integrity check find a damaged
// watermark: it holds the same number twice.
const asideTables = `
CREATE TABLE aside (
	number INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,
	lastsigned INTEGER NOT NULL,
	signers INTEGER NOT NULL,
	report BLOB NOT NULL,
	sum INTEGER,
	reason TEXT NOT NULL,
	since INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
) STRICT;
CREATE TABLE notes (
	number INTEGER PRIMARY KEY,
	note TEXT NOT NULL
) STRICT;
ALTER TABLE outbox ADD COLUMN sum INTEGER;
CREATE INDEX watermark_round ON watermark (round);`

// archiveTable is version 4: the certificates of the last day, for nodes that missed them. The index lists a round, finds
// what a proposer has at a place, and the oldest.
const archiveTable = `
CREATE TABLE archive (
	id BLOB NOT NULL PRIMARY KEY,
	pair TEXT NOT NULL,
	round INTEGER NOT NULL,
	proposer BLOB NOT NULL,
	lastsigned INTEGER NOT NULL,
	signers INTEGER NOT NULL,
	report BLOB NOT NULL,
	sum INTEGER NOT NULL
) STRICT;
CREATE INDEX archive_place ON archive (round, pair, proposer);`

// termsTable is version 5: the rosters and quorums by which certificates were taken, and until when; NULL stands for the
// present ones.
const termsTable = `
CREATE TABLE terms (
	number INTEGER PRIMARY KEY,
	signers BLOB NOT NULL,
	quorum INTEGER NOT NULL,
	until INTEGER,
	UNIQUE (signers, quorum)
) STRICT;`
