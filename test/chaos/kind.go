package main

import (
	"context"
	"time"
)

// part is what a fault takes hold of. Two faults never hold the same part of the same node at once.
type part string

const (
	wholeNode     part = "node" // its process, disk or network
	itsSource     part = "source"
	itsClock      part = "clock"
	theDatabase   part = "database"
	theBootstrap  part = "bootstrap"
	wholeCluster  part = "cluster" // the process or network of every node
	databaseOfOne part = "line"    // the way of one node to the database
)

// kind is one way in which things go wrong.
type kind struct {
	name string
	what string // was done, for the table
	part part
	most int // nodes at once
	// shortest and longest bound how long it lasts.
	shortest, longest time.Duration
	// needs tells what the engine must be able to do; nil: nothing special.
	needs func(abilities) bool
	// begin breaks something, end mends it. A fault without end is over when begin is.
	begin, end func(context.Context, *cluster, fault) error
	// lies: the nodes concerned give wrong prices; there must always be fewer of them than a quorum.
	lies bool
}

// abilities is what an engine can do besides starting, killing and stopping.
type abilities struct {
	network bool // cut nodes from each other
	unplug  bool // take a node's network away
	disk    bool // limit the size of a data folder
}

func needsNetwork(a abilities) bool { return a.network }

func needsUnplug(a abilities) bool { return a.unplug }

func needsDisk(a abilities) bool { return a.disk }

// kinds returns everything that can go wrong.
func kinds() []kind {
	return append(append(append(nodeKinds(), networkKinds()...), databaseKinds()...), surroundingKinds()...)
}

func nodeKinds() []kind {
	return []kind{
		{
			name: "kill", what: "kill -9 of one or two nodes, started again later", part: wholeNode, most: 2,
			shortest: 1 * time.Second, longest: 40 * time.Second, begin: killNodes, end: startNodes,
		},
		{
			name: "stop", what: "SIGTERM to one or two nodes, started again later", part: wholeNode, most: 2,
			shortest: 1 * time.Second, longest: 40 * time.Second, begin: stopNodes, end: startNodes,
		},
		{
			name: "roll", what: "all nodes restarted by SIGTERM, one when the one before is ready", part: wholeCluster,
			shortest: 25 * time.Second, longest: 25 * time.Second, begin: rollNodes,
		},
		{
			name: "pause", what: "one or two nodes suspended", part: wholeNode, most: 2,
			shortest: 3 * time.Second, longest: 60 * time.Second, begin: pauseNodes, end: resumeNodes,
		},
		{
			name: "lost", what: "kill -9 of a node, its journal deleted, started again two rounds later or more", part: wholeNode, most: 1,
			shortest: 12 * time.Second, longest: 40 * time.Second, begin: loseJournal, end: startNodes,
		},
		{
			name: "full", what: "no space left on a node's disk", part: wholeNode, most: 1,
			shortest: 5 * time.Second, longest: 40 * time.Second, needs: needsDisk, begin: fillDisk, end: freeDisk,
		},
		{
			name: "clock", what: "a node's clock is wrong: by 2 s to 6 h, to both sides", part: itsClock, most: 1,
			shortest: 5 * time.Second, longest: 60 * time.Second, begin: skewClock, end: mendClock,
		},
		{
			name: "bootstrap", what: "the bootstrap node killed by -9, started again later", part: theBootstrap,
			shortest: 20 * time.Second, longest: 180 * time.Second, begin: killBootstrap, end: startBootstrap,
		},
	}
}

func networkKinds() []kind {
	return []kind{
		{
			name: "unplug", what: "a node taken off the network, prices and database too, and put back with another address",
			part: wholeNode, most: 1, needs: needsUnplug,
			shortest: 3 * time.Second, longest: 60 * time.Second, begin: unplugNode, end: plugNode,
		},
		{
			name: "alone", what: "one or two nodes cut off from all others, and from each other", part: wholeNode, most: 2, needs: needsNetwork,
			shortest: 3 * time.Second, longest: 90 * time.Second, begin: cutNodes, end: joinNodes,
		},
		{
			name: "halves", what: "the nodes cut into two parts, of three and of two", part: wholeCluster, most: 2, needs: needsNetwork,
			shortest: 5 * time.Second, longest: 120 * time.Second, begin: cutHalves, end: joinNodes,
		},
		{
			name: "flap", what: "a node cut off and back every 3 s", part: wholeNode, most: 1, needs: needsNetwork,
			shortest: 12 * time.Second, longest: 60 * time.Second, begin: flapNode, end: joinNodes,
		},
	}
}

func databaseKinds() []kind {
	return []kind{
		{
			name: "db stop", what: "the database stopped", part: theDatabase,
			shortest: 3 * time.Second, longest: 60 * time.Second, begin: stopDatabase, end: startDatabase,
		},
		{
			name: "db kill", what: "the database killed by -9", part: theDatabase,
			shortest: 1 * time.Second, longest: 20 * time.Second, begin: killDatabase, end: startDatabase,
		},
		{
			name: "db slow", what: "each answer of the database takes 1 s longer", part: theDatabase,
			shortest: 5 * time.Second, longest: 60 * time.Second, begin: setLines(lineSlow), end: setLines(linePasses),
		},
		{
			name: "db silent", what: "the database takes connections and never answers", part: theDatabase,
			shortest: 5 * time.Second, longest: 60 * time.Second, begin: setLines(lineSilent), end: setLines(linePasses),
		},
		{
			name: "db cut", what: "no connection to the database", part: theDatabase,
			shortest: 3 * time.Second, longest: 60 * time.Second, begin: setLines(lineCut), end: setLines(linePasses),
		},
		{
			name: "db cut for one", what: "no connection to the database for one or two nodes", part: databaseOfOne, most: 2,
			shortest: 3 * time.Second, longest: 60 * time.Second, begin: setLines(lineCut), end: setLines(linePasses),
		},
		{
			name: "db read-only", what: "the database refuses writes", part: theDatabase,
			shortest: 5 * time.Second, longest: 60 * time.Second, begin: refuseWrites, end: takeWrites,
		},
	}
}

func surroundingKinds() []kind {
	source := func(name, what string, m sourceMode) kind {
		return kind{
			name: "price " + name, what: what, part: itsSource, most: 2, lies: m == sourceHigh || m == sourceLow,
			shortest: 5 * time.Second, longest: 60 * time.Second, begin: setSources(m), end: setSources(sourceRight),
		}
	}
	return []kind{
		source("high", "the source of one or two nodes answers 3 % too much", sourceHigh),
		source("low", "the source of one or two nodes answers 3 % too little", sourceLow),
		source("garbage", "the source of one or two nodes answers what is no price", sourceGarbage),
		source("error", "the source of one or two nodes answers HTTP 500", sourceError),
		source("slow", "the source of one or two nodes answers after 8 s", sourceSlow),
		source("dead", "the source of one or two nodes ends every connection", sourceDead),
	}
}
