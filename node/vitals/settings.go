package vitals

// settingsRules judge what the settings alone tell, so that it can be known before a node starts.
func settingsRules() []Rule {
	return []Rule{
		developmentKey(),
		openNetwork(),
		{
			Name: "membership", judge: judgeMembership, worst: warn, ofKey: true,
			Meaning: "The node passes prices on and stores them, but its signature does not count.",
			Remedy:  "Put its address into GP_SIGNERS of every node, or give it the key of a member.",
		},
		{
			Name: "quorum_size", judge: judgeQuorumSize, worst: warn,
			Meaning: "A proposer that lies can get two prices of one round stored.",
			Remedy:  "Set GP_MINIMUMSIGNERCOUNT on every node to two thirds of the roster plus one.",
		},
		{
			Name: "stage_delay", judge: judgeStageDelay, worst: warn,
			Meaning: "Where many don't answer, the last members are asked when the round is over, and prices fail that they could stand for.",
			Remedy:  "Unset GP_STAGEDELAY: it is measured then.",
		},
	}
}

func developmentKey() Rule {
	return Rule{
		Name: "development_key", judge: judgeDevelopmentKey, worst: warn, ofKey: true,
		Meaning: "Anybody can sign as this node, and take its place in the network.",
		Remedy:  "Make a key with 'gossip-price keygen', and put its address into GP_SIGNERS of every node.",
	}
}

func openNetwork() Rule {
	return Rule{
		Name: "open_network", judge: judgeOpenNetwork, worst: warn,
		Meaning: "Everybody may join, and one person with enough keys is a quorum.",
		Remedy:  "List the members' addresses in GP_SIGNERS of every node.",
	}
}

func judgeDevelopmentKey(g *Glance) Verdict {
	kind := "node"
	if g.Bootstrap {
		kind = "bootstrap node"
	}
	if isDevelopmentKey(g.Policy.Self) {
		return Warning("this %s runs on a publicly known development key, %s: anybody can sign as it", kind, g.Policy.Self)
	}
	return Well("the key of %s is none of the known ones", g.Policy.Self)
}

func judgeOpenNetwork(g *Glance) Verdict {
	if g.Policy.Roster.Open() {
		return Warning("open network: GP_SIGNERS is unset, so one person with enough keys is a quorum of %d", g.Policy.Quorum)
	}
	return Well("a roster of %d", g.Policy.Roster.Size())
}

func judgeMembership(g *Glance) Verdict {
	if !g.Policy.Roster.Contains(g.Policy.Self) {
		return Warning("this node is not in GP_SIGNERS: it passes prices on and stores them, but the signature of %s does not count", g.Policy.Self)
	}
	return Well("the signature of %s counts", g.Policy.Self)
}

func judgeQuorumSize(g *Glance) Verdict {
	roster, quorum := g.Policy.Roster, g.Policy.Quorum
	if safe := 2*roster.Size()/3 + 1; !roster.Open() && quorum < safe {
		return Warning("quorum is below two thirds of the roster plus one, %d of %d, %d are safe: a liar can get two prices of one round stored",
			quorum, roster.Size(), safe)
	}
	return Well("quorum is %d", quorum)
}

func judgeStageDelay(g *Glance) Verdict {
	p := &g.Policy
	if last := p.LastTurn(); !p.Roster.Open() && last > p.Interval {
		return Warning("GP_STAGEDELAY is too long: with stages of %s the last members are asked after %s, and a round lasts %s", p.StageDelay, last, p.Interval)
	}
	return Well("the last members are asked after %s at most, and a round lasts %s", p.LastTurn(), p.Interval)
}
