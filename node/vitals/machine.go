package vitals

import "strings"

// machineRules judge what a look at disks and the database has found.
func machineRules() []Rule {
	return []Rule{
		DiskRule(),
		keyFileRule(),
		{
			Name: "database_role", judge: judgeDatabaseRole, worst: warn,
			Meaning: "Who breaks into this node could change or delete stored prices.",
			Remedy:  "Run 'gossip-price migrate' with GP_NODEDATABASEURL: it makes a user that may not, for GP_DATABASEURL.",
		},
	}
}

// DiskRule returns the check of the free space of the data folder's disk, which can be judged before a node starts, too.
func DiskRule() Rule {
	return Rule{
		Name: "disk", judge: judgeDisk, worst: warn,
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

func judgeDisk(g *Glance) Verdict {
	m := &g.Machine
	switch {
	case m.FreeErr != nil:
		return Warning("free space is not known: %s", m.FreeErr)
	case m.Free < lowSpace:
		return Warning("%d MiB free in GP_DATADIR, %d should be", m.Free>>20, lowSpace>>20)
	}
	return Well("%d MiB free in GP_DATADIR", m.Free>>20)
}

func judgeKeyFile(g *Glance) Verdict {
	m := &g.Machine
	switch {
	case m.KeyErr != nil:
		return Warning("%s", m.KeyErr)
	case m.KeyFile == "":
		return Well("the key is in GP_PRIVATEKEY")
	}
	return Well("%s is the node's own", m.KeyFile)
}

func judgeDatabaseRole(g *Glance) Verdict {
	if excess := g.Machine.Excess; len(excess) > 0 {
		return Warning("the database user may do more than a node needs: %s", strings.Join(excess, ", "))
	}
	return Well("the database user may do nothing that is known to be too much")
}
