// What Go programs do: maps, slices, sorting, strings, interfaces, closures, goroutines and channels, garbage.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
)

type shape interface{ area() int }
type square struct{ side int }
type rect struct{ w, h int }

func (s square) area() int { return s.side * s.side }
func (r *rect) area() int  { return r.w * r.h }

type tree struct {
	left, right *tree
	key         int
}

func (t *tree) insert(key int) *tree {
	if t == nil {
		return &tree{key: key}
	}
	if key < t.key {
		t.left = t.left.insert(key)
	} else {
		t.right = t.right.insert(key)
	}
	return t
}

func (t *tree) depth() int {
	if t == nil {
		return 0
	}
	return 1 + max(t.left.depth(), t.right.depth())
}

var seed uint32 = 7

func random(n int) int {
	seed = seed*1103515245 + 12345
	return int(seed>>8) % n
}

func once() int {
	sum := 0
	count := map[string]int{}
	for i := 0; i < 4000; i++ {
		count["k"+strconv.Itoa(random(600))] += i
	}
	keys := make([]string, 0, len(count))
	for k := range count {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		return count[keys[i]] < count[keys[j]] || count[keys[i]] == count[keys[j]] && keys[i] < keys[j]
	})
	var text strings.Builder
	for i, k := range keys {
		fmt.Fprintf(&text, "%s=%d;", k, i)
	}
	for _, part := range strings.Split(text.String(), ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			n, _ := strconv.Atoi(value)
			sum = sum*31 + n + len(strings.ToUpper(name))
		}
	}
	shapes := []shape{}
	for i := 0; i < 2000; i++ {
		if i%3 == 0 {
			shapes = append(shapes, square{random(40)})
		} else {
			shapes = append(shapes, &rect{random(40), i % 9})
		}
	}
	for _, s := range shapes {
		sum += s.area()
	}
	var root *tree
	for i := 0; i < 2000; i++ {
		root = root.insert(random(100000))
	}
	sum = sum*31 + root.depth()
	in, out := make(chan int, 16), make(chan int)
	for w := 0; w < 3; w++ {
		go func() {
			s := 0
			for x := range in {
				s += x * x
			}
			out <- s
		}()
	}
	for i := 0; i < 1500; i++ {
		in <- i
	}
	close(in)
	return (sum*31 + <-out + <-out + <-out) & 0x7fffffff
}

func main() {
	percent := 100
	if len(os.Args) > 1 {
		percent, _ = strconv.Atoi(os.Args[1])
	}
	sum := 0
	for n := max(1, 16*percent/100); n > 0; n-- {
		sum = (sum*31 + once()) & 0x7fffffff
	}
	fmt.Println(sum)
}
