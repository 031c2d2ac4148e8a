// Command go prints the price of a pair at present, and each one from then on. usage: go run main.go http://127.0.0.1:9000
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	last := "" // event of the stream: it goes on after that one
	for path := "/v1/prices/latest?pair=ETH-USD"; ; path = "/v1/stream?pair=ETH-USD" {
		if err := read(os.Args[1]+path, &last); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		time.Sleep(time.Second) // a stream may end at any time
	}
}

// read prints the prices of an answer: one, or a stream of them.
func read(url string, last *string) error {
	request, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Last-Event-ID", *last)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines, kind := bufio.NewScanner(answer.Body), answer.Status
	for lines.Buffer(nil, 1<<20); lines.Scan(); { // a price with very many signers is a long line
		var price struct { // a price is text: a float would round it
			Pair, Price, Detail string
			Stale               bool
		}
		switch name, value, _ := strings.Cut(lines.Text(), ": "); {
		case name == "id":
			*last = value
		case name == "event":
			kind = value
		case json.Unmarshal([]byte(strings.TrimPrefix(lines.Text(), "data: ")), &price) == nil:
			if price.Stale { // the network, its source or the node has stopped
				kind += ", stale"
			}
			fmt.Println(kind, price.Pair, price.Price, price.Detail)
		}
	}
	return lines.Err()
}
