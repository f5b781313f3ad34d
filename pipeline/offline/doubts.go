package offline

import (
	"log/slog"
	"slices"

	"github.com/videogem/videogem/engine"
)

// warn tells of prompts and actions that the model may not understand, and of those that are given twice. Verbs and objects are the program's
// own words. logger may be nil.
func (a *asked) warn(doubts func(prompt string) []string, logger *slog.Logger) {
	if logger == nil {
		return
	}
	for i, text := range a.texts {
		if a.kinds[i] != kindPrompt && a.kinds[i] != kindAction {
			continue
		}
		if slices.Contains(a.texts[:i], text) {
			logger.Warn("a prompt is given twice", "prompt", text)
			continue
		}
		for _, d := range doubts(text) {
			if d == engine.DoubtTooLong {
				continue // the engine says so
			}
			logger.Warn("the model may not understand a prompt", "prompt", text, "because", d)
		}
	}
}
