package browsertest

import "github.com/chromedp/chromedp/kb"

// asJSON is the expression whose value, waited for if it is a promise, is the JSON of an expression.
func asJSON(expression string) string {
	return "(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()"
}

// webDriverKey gives the key that WebDriver has for one of package kb (https://www.w3.org/TR/webdriver2/#keyboard-actions).
func webDriverKey(key rune) (rune, bool) {
	names := map[string]rune{
		kb.Backspace: '\ue003', kb.Tab: '\ue004', kb.Enter: '\ue007', kb.Escape: '\ue00c', kb.PageUp: '\ue00e', kb.PageDown: '\ue00f', kb.End: '\ue010',
		kb.Home: '\ue011', kb.ArrowLeft: '\ue012', kb.ArrowUp: '\ue013', kb.ArrowRight: '\ue014', kb.ArrowDown: '\ue015', kb.Delete: '\ue017',
	}
	special, ok := names[string(key)]
	return special, ok
}
