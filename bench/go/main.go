// Command bench is the Go side of what is measured: the same work as ../src/children, done by client-go and controller-runtime.
// It prints its measures as one line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

const usage = `usage: bench flood CLIENT KEYS WORKERS
       bench delay CLIENT KEYS
       bench reconcile update|apply OBJECTS CONCURRENCY   (SERVER, CA_FILE, TOKEN in the environment)
       bench versions`

func main() {
	switch args := os.Args[1:]; {
	case len(args) == 4 && args[0] == "flood":
		flood(args[1], number(args[2]), number(args[3])).print()
	case len(args) == 3 && args[0] == "delay":
		delay(args[1], number(args[2])).print()
	case len(args) == 4 && args[0] == "reconcile":
		reconcile(args[1], number(args[2]), number(args[3])).print()
	case len(args) == 1 && args[0] == "versions":
		line, err := json.Marshal(versions())
		check(err)
		fmt.Println(string(line))
	default:
		check(fmt.Errorf("%s", usage))
	}
}
