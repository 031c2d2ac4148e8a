package dashboard

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"path"
	"strings"
)

//go:embed assets pages
var files embed.FS

// asset is a file that a page asks for.
type asset struct {
	media string
	body  []byte
}

// links are the paths of the assets, with a part of their digest: they may be cached for ever.
type links struct {
	Style, Script, Icon string
}

// kit is what pages are made with.
type kit struct {
	pages  *template.Template
	assets map[string]asset // by path
	links  links
}

// load reads the pages and the assets. What is embedded was tested: a fault in it panics.
func load() kit {
	pages := template.Must(template.New("").Funcs(words()).ParseFS(files, "pages/*.html"))
	assets := make(map[string]asset)
	add := func(name, media string) string {
		body, err := files.ReadFile("assets/" + name)
		if err != nil {
			panic(err)
		}
		digest := sha256.Sum256(body)
		ext := path.Ext(name)
		to := fmt.Sprintf("/assets/%s.%s%s", strings.TrimSuffix(name, ext), hex.EncodeToString(digest[:6]), ext)
		assets[to] = asset{media, body}
		return to
	}
	return kit{pages, assets, links{
		Style:  add("board.css", "text/css; charset=utf-8"),
		Script: add("live.js", "text/javascript; charset=utf-8"),
		Icon:   add("icon.svg", "image/svg+xml"),
	}}
}

// render makes a page.
func render(pages *template.Template, name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("make page: %w", err)
	}
	return b.Bytes(), nil
}
