package vitals

import (
	"slices"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// upgrade is for how long versions may differ: nodes are upgraded one after the other.
const upgrade = time.Hour

// maxTexts bounds the findings that one check names.
const maxTexts = 3

// findingRules judge what heartbeats show of the network (docs/protocol.md, section 3.10).
func findingRules() []Rule {
	return []Rule{
		{
			Name: "settings_agree", judge: judgeFindings(0, consensus.SettingsDiffer), worst: warn,
			Meaning: "Nodes of different settings don't verify, sign or write the same prices.",
			Remedy:  "Give all nodes the same values; 'gossip-price config' shows those of each.",
		},
		{
			Name: "versions_agree", judge: judgeFindings(upgrade, consensus.VersionDiffers), worst: warn,
			Meaning: "An upgrade was not finished.",
			Remedy:  "Bring all nodes to one version.",
		},
		{
			Name: "members_heard", judge: judgeFindings(0, consensus.Silent), worst: warn,
			Meaning: "One more that fails may be one too many for a quorum.",
			Remedy:  "See whether they run, and whether their clocks, keys and network keys are right.",
		},
		{
			Name: "reception", judge: judgeFindings(0, consensus.OneSided, consensus.ReceivesTooLittle), worst: warn,
			Meaning: "Prices reach a member late, or not at all.",
			Remedy:  "See the line between the two: firewall, NAT, GP_EXTERNALADDR.",
		},
		{
			Name: "stores_agree", judge: judgeFindings(0, consensus.StoreDiffers), worst: warn,
			Meaning: "Prices are in several places, none of which has all that the others tell of.",
			Remedy:  "Give the members one GP_DATABASEURL, unless each is to keep its own.",
		},
		{
			Name: "others", judge: judgeOthers, worst: warn,
			Meaning: "Another member can't do its part: it signs nothing, or writes nothing.",
			Remedy:  "See the checks of that node.",
		},
	}
}

// judgeFindings warns of findings of these kinds that have lasted for so long.
func judgeFindings(lasting time.Duration, kinds ...consensus.Trouble) func(*Glance) Verdict {
	return func(g *Glance) Verdict {
		return findingsOf(g, func(a consensus.Alarm) bool {
			return slices.Contains(kinds, a.Trouble) && g.Now.Sub(a.Since) >= lasting
		})
	}
}

// judgeOthers warns of what is wrong with others and is a check of their own.
func judgeOthers(g *Glance) Verdict {
	return findingsOf(g, func(a consensus.Alarm) bool {
		return (a.Trouble == consensus.ClockOff || a.Trouble == consensus.BacklogOld) && a.Member != g.Policy.Self
	})
}

func findingsOf(g *Glance, wanted func(consensus.Alarm) bool) Verdict {
	var texts []string
	count := 0
	for _, a := range g.Alarms {
		if !wanted(a) {
			continue
		}
		if count++; count <= maxTexts {
			texts = append(texts, a.Text)
		}
	}
	switch {
	case count == 0:
		return Well("nothing found")
	case count > maxTexts:
		return Warning("%s; and %d more", strings.Join(texts, "; "), count-maxTexts)
	}
	return Warning("%s", strings.Join(texts, "; "))
}
