package config

import "regexp"

// NetworkRule says what a name of a network is, in words.
const NetworkRule = "1 to 32 of a-z, 0-9 and -, not beginning with -"

// ValidNetwork tells whether a network can have the name (docs/protocol.md, section 2).
func ValidNetwork(name string) bool {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`).MatchString(name)
}
