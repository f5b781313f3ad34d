package prompt

import "strings"

// kind is a word's class as far as a closed list tells it.
type kind int

const (
	content kind = iota
	determiner
	preposition // and particles
	joiner      // and, until, who: what follows is another phrase
	relative    // who, which, that
	pronoun
	auxiliary // is, be
	starter   // keep, start: the action is the verb that follows
)

// kindOf looks a word in lower case up in the closed classes of English.
func kindOf(low string) kind {
	for k, list := range map[kind]string{
		determiner: " a an the this these those some any each every both all another other his her its their my your our one two " +
			"three four five six seven eight nine ten several many few more most no ",
		preposition: " about above across after against along around as at away back before behind below beneath beside between by " +
			"down during for from in inside into near of off on onto out outside over past round through to together toward towards " +
			"under up upon using via with within without ",
		joiner:    " and or but then while until till when where because so if than not ",
		relative:  " who whom which that whose ",
		pronoun:   " i you he she it we they me him us them himself herself itself themselves something someone somebody anything everything ",
		auxiliary: " is are was were be been being am has have had does did will can ",
		starter: " start starts starting started begin begins beginning keep keeps keeping kept continue continues continuing continued " +
			"try tries trying tried stop stops stopping finish finishes finishing go goes going practice practices practicing " +
			"enjoy enjoys enjoying ",
	} {
		if strings.Contains(list, " "+low+" ") {
			return k
		}
	}
	return content
}
