// Package prompt makes the three prompts VideoGEM grounds for one action: verb, object and the whole action (CVPR 2025, prompt
// decomposition). Labels of the benchmark data sets are split as the paper's code does; free text by a rule on top of WordNet;
// parts that the user wrote are taken as they are.
package prompt

// Parts is an action phrase and what it is made of. Verb or Object is empty when there is none.
type Parts struct {
	Verb   string // "cutting"
	Object string // "red onion"
	Action string // "cutting the red onion"
}

// Prompts gives the texts to ground, by the paper's templates.
func (p Parts) Prompts() (verb, object, action string) {
	verb, object = "A photo of a person doing something.", "A photo of a person."
	if p.Verb != "" {
		verb = "A photo of a person " + p.Verb + " something."
	}
	if p.Object != "" {
		object = "A photo of a person using " + p.Object + "."
	}
	return verb, object, "A photo of a person " + p.Action + "."
}
