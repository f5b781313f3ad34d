# Turns the element messages named videogem, as `gst-launch-1.0 -m` prints them, into JSON, one object a line. Other messages
# are left out; all else goes to standard error, so that errors are seen.
#
# A line reads: Got message #7 from element "videogem0" (element): videogem, prompt=(string)"a\ person", score=(double)0.2, …;

function octal(s) { return substr(s, 1, 1) * 64 + substr(s, 2, 1) * 8 + substr(s, 3, 1) }

# text takes a quoted string off the front of rest, and gives it back as JSON writes it.
function text(   out, c) {
	rest = substr(rest, 2)
	while ((c = substr(rest, 1, 1)) != "\"" && rest != "") {
		rest = substr(rest, 2)
		if (c == "\\") {
			if (match(rest, /^[0-3][0-7][0-7]/)) { # a byte of a UTF-8 character
				c = sprintf("%c", octal(rest))
				rest = substr(rest, 4)
			} else {
				c = substr(rest, 1, 1)
				rest = substr(rest, 2)
			}
		}
		out = out (c == "\"" || c == "\\" ? "\\" c : c)
	}
	rest = substr(rest, 2)
	return "\"" out "\""
}

# word takes a value without quotes off the front of rest.
function word(   out) {
	match(rest, /^[^,;]*/)
	out = substr(rest, 1, RLENGTH)
	rest = substr(rest, RLENGTH + 1)
	return out
}

/\(element\): videogem, / {
	rest = $0
	sub(/.*\(element\): videogem, /, "", rest)
	line = ""
	while (match(rest, /^[a-z-]+=\([a-z0-9]+\)/)) {
		head = substr(rest, 1, RLENGTH)
		rest = substr(rest, RLENGTH + 1)
		name = head
		sub(/=.*/, "", name)
		if (substr(rest, 1, 1) == "\"")
			value = text()
		else if (head ~ /\(string\)/)
			value = "\"" word() "\""
		else
			value = word()
		line = line (line == "" ? "" : ", ") "\"" name "\": " value
		sub(/^, /, "", rest)
	}
	print "{" line "}"
	fflush()
	next
}

!/^Got message/ { print >"/dev/stderr" }
