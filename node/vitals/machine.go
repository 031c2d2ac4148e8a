package vitals

import "strings"

// machineRules judge what a look at disks and the database has found.
func machineRules() []Rule {
	return []Rule{
		diskRule(),
		keyFileRule(),
		{
			Name: "database_role", judge: judgeDatabaseRole, worst: warn,
			Meaning: "Who breaks into this node could change or delete stored prices.",
			Remedy:  "Run 'gossip-price migrate' with GP_NODEDATABASEURL: it makes a user that may not, for GP_DATABASEURL.",
		},
	}
}

func diskRule() Rule {
	return Rule{
		Name: "disk", judge: JudgeDisk, worst: warn,
		Meaning: "When the disk is full the node signs nothing, for it could not write it down.",
		Remedy:  "Make space on the disk of GP_DATADIR.",
	}
}

func keyFileRule() Rule {
	return Rule{
		Name: "key_file", judge: judgeKeyFile, worst: warn,
		Meaning: "Who can read the key can sign as this node; and it does not start again on this file.",
		Remedy:  "Give the file to the node's user with mode 600. If others may have read it, make a new key.",
	}
}

// lowSpace is what a node should have on its disk: a day's archive takes some 60 MiB, and the journal grows while the price
// store is away.
const lowSpace = 512 << 20

// JudgeDisk judges the free space of the data folder's disk.
func JudgeDisk(g *Glance) Verdict {
	m := &g.Machine
	switch {
	case m.FreeErr != nil:
		return warning("free space is not known: %s", m.FreeErr)
	case m.Free < lowSpace:
		return warning("%d MiB free in GP_DATADIR, %d should be", m.Free>>20, lowSpace>>20)
	}
	return well("%d MiB free in GP_DATADIR", m.Free>>20)
}

func judgeKeyFile(g *Glance) Verdict {
	m := &g.Machine
	switch {
	case m.KeyErr != nil:
		return warning("%s", m.KeyErr)
	case m.KeyFile == "":
		return well("the key is in GP_PRIVATEKEY")
	}
	return well("%s is the node's own", m.KeyFile)
}

func judgeDatabaseRole(g *Glance) Verdict {
	if excess := g.Machine.Excess; len(excess) > 0 {
		return warning("the database user may do more than a node needs: %s", strings.Join(excess, ", "))
	}
	return well("the database user may do nothing that is known to be too much")
}
