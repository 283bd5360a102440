// A Go guest: goroutines, channels, maps, files, sort, time, arguments, environment, exit status, panic.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/big"
	"os"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

type shape interface{ area() float64 }
type square struct{ Side float64 }
type circle struct{ R float64 }

func (s square) area() float64 { return s.Side * s.Side }
func (c circle) area() float64 { return math.Pi * c.R * c.R }

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func goroutines() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	sum, jobs := 0, make(chan int)
	for range [8]int{} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range jobs {
				mu.Lock()
				sum += n * n
				mu.Unlock()
				runtime.Gosched()
			}
		}()
	}
	for i := 1; i <= 1000; i++ {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	start := time.Now()
	select {
	case <-time.After(20 * time.Millisecond):
	case <-make(chan int):
	}
	fmt.Println("goroutines", sum, time.Since(start) >= 20*time.Millisecond, time.Now().Year() >= 2024)
}

func maps() {
	count := map[string]int{}
	for _, w := range strings.Fields("the quick fox and the lazy dog and the cat") {
		count[w]++
	}
	words := make([]string, 0, len(count))
	for w := range count {
		words = append(words, w)
	}
	sort.Slice(words, func(i, j int) bool {
		return count[words[i]] > count[words[j]] || count[words[i]] == count[words[j]] && words[i] < words[j]
	})
	fmt.Println("maps", words[:4], len(count))
}

func files() {
	must(os.MkdirAll("/data/a/b", 0o755))
	must(os.WriteFile("/data/a/b/one", []byte(strings.Repeat("line\n", 2000)), 0o644))
	must(os.Rename("/data/a/b/one", "/data/a/two"))
	f, err := os.OpenFile("/data/a/two", os.O_RDWR|os.O_APPEND, 0)
	must(err)
	_, err = f.WriteString("last\n")
	must(err)
	_, err = f.Seek(0, 0)
	must(err)
	lines := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		lines++
	}
	must(f.Close())
	st, err := os.Stat("/data/a/two")
	must(err)
	must(fs.WalkDir(os.DirFS("/data"), ".", func(p string, d fs.DirEntry, err error) error {
		fmt.Print(p, " ", d.IsDir(), "; ")
		return err
	}))
	_, err = os.ReadFile("/data/none")
	_, outside := os.ReadFile("/etc/passwd")
	fmt.Println("files", lines, st.Size(), errors.Is(err, fs.ErrNotExist), outside != nil)
	must(os.RemoveAll("/data/a"))
}

func values() {
	shapes := []shape{square{1.5}, circle{2}}
	total := 0.0
	for _, s := range shapes {
		total += s.area()
	}
	text, err := json.Marshal(map[string]any{"square": shapes[0], "n": []int{1, 2}})
	must(err)
	fib, next := big.NewInt(0), big.NewInt(1)
	for range [300]int{} {
		fib.Add(fib, next)
		fib, next = next, fib
	}
	fmt.Printf("values %.6f %s %v %s\n", total, text, fib, regexp.MustCompile(`(\d+)-(\d+)`).ReplaceAllString("10-20", "$2-$1"))
	fmt.Printf("hash %x\n", sha256.Sum256([]byte("cwasm")))
	garbage := 0
	for i := range make([]int, 2000) {
		garbage += len(make([]byte, 10000+i))
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("memory", garbage, m.NumGC > 0, runtime.GOOS, runtime.GOARCH)
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		var p *square
		fmt.Println(p.Side)
	}()
}

func main() {
	fmt.Println("args", os.Args[1:], os.Getenv("NAME"))
	goroutines()
	maps()
	files()
	values()
	if len(os.Args) > 1 && os.Args[1] == "panic" {
		panic("on purpose")
	}
	os.Exit(7)
}
