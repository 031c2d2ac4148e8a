package doctor

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// commonSteps are those of nodes of both kinds.
func commonSteps() []step {
	return []step{
		{vitals.Rule{Name: "settings"}, lookAtSettings},
		{vitals.Rule{
			Name:    "key",
			Meaning: "Without its key a node does not start; with another one than the others know, its signature does not count.",
			Remedy:  "Make one with 'gossip-price keygen --out FILE', name it in GP_KEYFILE, and put its address into GP_SIGNERS of every node.",
		}, lookAtKey},
		{vitals.Rule{
			Name:    "node",
			Meaning: "The node that runs here does not do its work, or can't be asked.",
			Remedy:  "See /v1/checks of the node: each says what to do.",
		}, lookAtNode},
		{vitals.Rule{
			Name:    "data_folder",
			Meaning: "A node does not start where it can't write its journal.",
			Remedy:  "Give the folder of GP_DATADIR to the node's user.",
		}, lookAtFolder},
		{vitals.DiskRule(), lookAtDisk},
		{vitals.Rule{
			Name:    "ports",
			Meaning: "A node does not start where it can't listen.",
			Remedy:  "End what listens there, or choose other addresses in GP_CONNECTIONADDR and GP_APIADDR.",
		}, lookAtPorts},
	}
}

// nodeSteps are those of gossip nodes alone.
func nodeSteps() []step {
	return []step{
		{vitals.ClockRule(), lookAtClock},
		{vitals.Rule{
			Name:    "source",
			Meaning: "Without a plausible price of its own a node proposes and co-signs nothing.",
			Remedy:  "See whether GP_PRICEURL is reached from here, through a proxy if there must be one, and has the pairs of GP_PAIRS.",
		}, lookAtSource},
		{vitals.Rule{
			Name:    "database",
			Meaning: "Verified prices wait in the outbox until the price store takes them.",
			Remedy:  "See whether the database of GP_DATABASEURL runs and lets this machine in; 'gossip-price migrate', as its owner, makes schema and rights.",
		}, lookAtDatabase},
		{vitals.Rule{
			Name:    "database_role",
			Meaning: "Who breaks into this node could change or delete stored prices, or the node can't store its own.",
			Remedy:  "Run 'gossip-price migrate' as the owner, with GP_NODEDATABASEURL: it makes a user that may do what a node needs and no more.",
		}, lookAtRole},
		{vitals.Rule{
			Name:    "bootstrap",
			Meaning: "A node finds the others by its bootstrap nodes.",
			Remedy:  "Compare address and peer ID in GP_BOOTSTRAPADDR, GP_NETWORK, GP_NETWORKKEY, and that this node's address is in GP_SIGNERS there.",
		}, lookAtBootstrap},
		{vitals.Rule{
			Name:    "announced",
			Meaning: "Others are told addresses at which they may not reach this node; it can still reach them.",
			Remedy:  "Set GP_EXTERNALADDR to the address and port at which others reach it from outside.",
		}, lookAtAnnounced},
	}
}

// lookAtSettings says that they are valid: others come no further than InvalidSettings.
func lookAtSettings(context.Context, *patient) vitals.Verdict {
	return vitals.Well("all %d variables are valid", len(config.Settings()))
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
			v = vitals.Well("not judged: there is no key")
		}
		steps[i] = step{rules[i], func(context.Context, *patient) vitals.Verdict { return v }}
	}
	return steps
}
