package org

import (
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
	"text/template"
)

//go:embed template
var templates embed.FS

// file is one file of the folder.
type file struct{ name, content string }

// page is what the templates show.
type page struct {
	Organisation
	Project       string // of compose
	Roster        string // comma list
	NetworkKey    string
	BootstrapKey  string
	OwnerPassword string
	NodePassword  string
	Members       []member
	Member        member // whose file it is
}

// member is one node.
type member struct{ Name, Key, Address string }

// render fills in the templates. Each but the node's is one file.
func render(o Organisation, s secrets) ([]file, error) {
	parsed, err := template.ParseFS(templates, "template/*")
	if err != nil {
		return nil, err
	}
	p := newPage(o, s)
	var files []file
	add := func(name, from string, p page) error {
		var b strings.Builder
		err := parsed.ExecuteTemplate(&b, from, p)
		files = append(files, file{name, b.String()})
		return err
	}
	for name, from := range map[string]string{
		".env":                "compose.env",
		".gitignore":          "gitignore",
		"README.txt":          "README.txt",
		"bootstrap.env":       "bootstrap.env",
		"db.env":              "db.env",
		"docker-compose.yaml": "docker-compose.yaml",
		"local.sh":            "local.sh",
		"migrate.env":         "migrate.env",
		"network.env":         "network.env",
		"roster.txt":          "roster.txt",
	} {
		if err := add(name, from, p); err != nil {
			return nil, err
		}
	}
	for _, p.Member = range p.Members {
		if err := add(p.Member.Name+".env", "node.env", p); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func newPage(o Organisation, s secrets) page {
	p := page{
		Organisation:  o,
		NetworkKey:    hex.EncodeToString(s.networkKey[:]),
		BootstrapKey:  private(s.bootstrap),
		OwnerPassword: s.ownerPassword,
		NodePassword:  s.nodePassword,
	}
	addresses := make([]string, len(s.nodes))
	for i, key := range s.nodes {
		addresses[i] = key.Address().String()
		p.Members = append(p.Members, member{Name: fmt.Sprintf("node%d", i+1), Key: private(key), Address: addresses[i]})
	}
	p.Roster = strings.Join(addresses, ",")
	// Unlike the name and the folder, it is never that of another organisation, nor of an earlier one in this place, whose
	// volumes would be taken over.
	p.Project = o.Name + "-" + strings.ToLower(addresses[0][2:10])
	return p
}
