package democam

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknownAction says that an action's name is none of those [Actions] lists.
var ErrUnknownAction = errors.New("unknown demo action")

// action is what an actor does. The numbers are class labels of the demo model: never reorder them.
type action int

const (
	waving action = iota
	raisingArm
	clapping
	jumping
	walking
	running
	squatting
	kicking
	throwing
	lifting
	carrying
	falling
	sitting
	climbing
	hammering
	umbrella
	pushups
	guitar
	standing
	numActions
)

// actionInfo names an action, and the object it needs ("" for none).
type actionInfo struct{ name, object string }

func actionTable() [numActions]actionInfo {
	return [numActions]actionInfo{
		waving:     {name: "waving"},
		raisingArm: {name: "raising an arm"},
		clapping:   {name: "clapping"},
		jumping:    {name: "jumping"},
		walking:    {name: "walking"},
		running:    {name: "running"},
		squatting:  {name: "squatting"},
		kicking:    {name: "kicking a ball", object: "ball"},
		throwing:   {name: "throwing a ball", object: "ball"},
		lifting:    {name: "lifting a box", object: "box"},
		carrying:   {name: "carrying a box", object: "box"},
		falling:    {name: "falling down"},
		sitting:    {name: "sitting on a chair", object: "chair"},
		climbing:   {name: "climbing a ladder", object: "ladder"},
		hammering:  {name: "hammering", object: "hammer"},
		umbrella:   {name: "holding an umbrella", object: "umbrella"},
		pushups:    {name: "doing push-ups"},
		guitar:     {name: "playing guitar", object: "guitar"},
		standing:   {name: "standing still"},
	}
}

// roams says that the action moves its actor over the ground.
func (a action) roams() bool { return a == walking || a == running || a == carrying }

// hasCourse says that the action is told from others by its course: with its frames out of order it is none.
func (a action) hasCourse() bool { return a == waving || a == walking || a == lifting || a == carrying }

// hasBall says that the action's object leaves the actor's hands or feet.
func (a action) hasBall() bool { return a == kicking || a == throwing }

// Actions lists the names of all actions, in the order of the demo model's classes.
func Actions() []string {
	var names []string
	for _, info := range actionTable() {
		names = append(names, info.name)
	}
	return names
}

// StrongActions lists the actions that the embedded demo model points at most surely: tests of the whole product use
// these.
func StrongActions() []string {
	table := actionTable()
	var names []string
	for _, a := range [...]action{carrying, pushups, guitar, running, climbing, umbrella, sitting, hammering} {
		names = append(names, table[a].name)
	}
	return names
}

// parseActions resolves names; no names mean all actions. A name given twice counts once.
func parseActions(names []string) ([]action, error) {
	if len(names) == 0 {
		names = Actions()
	}
	var list []action
	var seen [numActions]bool
	for _, name := range names {
		a, err := parseAction(name)
		if err != nil {
			return nil, err
		}
		if !seen[a] {
			seen[a] = true
			list = append(list, a)
		}
	}
	return list, nil
}

func parseAction(name string) (action, error) {
	for a, info := range actionTable() {
		if info.name == name {
			return action(a), nil
		}
	}
	return 0, fmt.Errorf("%w %q: choose from %s", ErrUnknownAction, name, strings.Join(Actions(), ", "))
}
