package doctor

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// commonSteps are those of nodes of both kinds.
func commonSteps() []step {
	return []step{
		{
			name: "settings",
			look: func(context.Context, *patient) finding {
				return well("all %d variables are valid", len(config.Settings()))
			},
		},
		{
			name: "key", look: lookAtKey,
			meaning: "Without its key a node does not start; with another one than the others know, its signature does not count.",
			remedy:  "Make one with 'gossip-price keygen --out FILE', name it in GP_KEYFILE, and put its address into GP_SIGNERS of every node.",
		},
		{
			name: "node", look: lookAtNode,
			meaning: "The node that runs here does not do its work, or can't be asked.",
			remedy:  "See /v1/checks of the node: each says what to do.",
		},
		{
			name: "data_folder", look: lookAtFolder,
			meaning: "A node does not start where it can't write its journal.",
			remedy:  "Give the folder of GP_DATADIR to the node's user.",
		},
		{
			name: "disk", look: lookAtDisk,
			meaning: "When the disk is full the node signs nothing, for it could not write it down.",
			remedy:  "Make space on the disk of GP_DATADIR.",
		},
		{
			name: "ports", look: lookAtPorts,
			meaning: "A node does not start where it can't listen.",
			remedy:  "End what listens there, or choose other addresses in GP_CONNECTIONADDR and GP_APIADDR.",
		},
	}
}

// nodeSteps are those of gossip nodes alone.
func nodeSteps() []step {
	return []step{
		{
			name: "clock", look: lookAtClock,
			meaning: "By a wrong clock a node proposes and co-signs nothing.",
			remedy:  "Set the clock by NTP (timedatectl, chronyc).",
		},
		{
			name: "source", look: lookAtSource,
			meaning: "Without a plausible price of its own a node proposes and co-signs nothing.",
			remedy:  "See whether GP_PRICEURL is reached from here, through a proxy if there must be one, and has the pairs of GP_PAIRS.",
		},
		{
			name: "database", look: lookAtDatabase,
			meaning: "Verified prices wait in the outbox until the price store takes them.",
			remedy:  "See whether the database of GP_DATABASEURL runs and lets this machine in; 'gossip-price migrate', as its owner, makes schema and rights.",
		},
		{
			name: "database_role", look: lookAtRole,
			meaning: "Who breaks into this node could change or delete stored prices, or the node can't store its own.",
			remedy:  "Run 'gossip-price migrate' as the owner, with GP_NODEDATABASEURL: it makes a user that may do what a node needs and no more.",
		},
		{
			name: "bootstrap", look: lookAtBootstrap,
			meaning: "A node finds the others by its bootstrap nodes.",
			remedy:  "Compare address and peer ID in GP_BOOTSTRAPADDR, GP_NETWORK, GP_NETWORKKEY, and that this node's address is in GP_SIGNERS there.",
		},
		{
			name: "announced", look: lookAtAnnounced,
			meaning: "Others are told addresses at which they may not reach this node; it can still reach them.",
			remedy:  "Set GP_EXTERNALADDR to the address and port at which others reach it from outside.",
		},
	}
}

// settingsSteps are the checks of a running node that the settings alone answer. Without a key none is made of it.
func settingsSteps(p *patient) []step {
	rules := vitals.SettingsRules()
	if p.cfg.Bootstrap {
		rules = vitals.BootstrapSettingsRules()
	}
	var self signing.Address
	if p.keyErr == nil {
		self = p.key.Address()
	}
	g := vitals.Glance{Standing: node.Standing(p.cfg, self)}
	steps := make([]step, len(rules))
	for i := range rules {
		v := rules[i].Judge(&g)
		if p.keyErr != nil && rules[i].OfKey() {
			v = vitals.Verdict{State: api.CheckOK, Detail: "not judged: there is no key"}
		}
		steps[i] = step{
			name: rules[i].Name, meaning: rules[i].Meaning, remedy: rules[i].Remedy,
			look: func(context.Context, *patient) finding { return finding{v.State, v.Detail} },
		}
	}
	return steps
}
