// Data in and out in Go: JSON by reflection, regular expressions, compression, hashes.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
)

type entry struct {
	ID    int               `json:"id"`
	Name  string            `json:"name"`
	Price float64           `json:"price"`
	Tags  []string          `json:"tags"`
	Extra map[string]string `json:"extra,omitempty"`
}

func once(round int) []byte {
	list := []entry{}
	for i := 0; i < 60; i++ {
		e := entry{ID: i * round, Name: "name" + strconv.Itoa(i*i), Price: float64(i) / 8, Tags: []string{"a", strconv.Itoa(i % 7)}}
		if i%4 == 0 {
			e.Extra = map[string]string{"mail": fmt.Sprintf("user%d@host%d.org", i, i%5)}
		}
		list = append(list, e)
	}
	text, err := json.Marshal(list)
	var back []entry
	if err != nil || json.Unmarshal(text, &back) != nil || len(back) != len(list) {
		panic("json")
	}
	mails := regexp.MustCompile(`(\w+)@(\w+)\.org`).ReplaceAll(text, []byte("$2:$1"))
	numbers := regexp.MustCompile(`\d+\.\d+`).FindAllIndex(mails, -1)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(mails)
	z.Close()
	r, err := gzip.NewReader(&packed)
	if err != nil {
		panic(err)
	}
	again, _ := io.ReadAll(r)
	if !bytes.Equal(again, mails) {
		panic("gzip")
	}
	sum := sha256.Sum256(append(again, byte(len(numbers))))
	return sum[:]
}

func main() {
	percent := 100
	if len(os.Args) > 1 {
		percent, _ = strconv.Atoi(os.Args[1])
	}
	all := []byte{}
	for n := max(1, 16*percent/100); n > 0; n-- {
		all = append(all, once(n)...)
	}
	fmt.Printf("%x\n", sha256.Sum256(all))
}
