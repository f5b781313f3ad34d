package democam

// Scenes of a camera.
const (
	SceneDay      = "day"      // what "" means
	SceneNight    = "night"    // dark and bluish
	SceneJumble   = "jumble"   // objects lie about that nobody uses
	SceneStranger = "stranger" // people and places of a look that the demo model was not trained on
)

// Scenes lists the scenes that a camera can show.
func Scenes() []string { return []string{SceneDay, SceneNight, SceneJumble, SceneStranger} }

// jumbleProps is how many objects lie about in a jumble, at most.
const jumbleProps = 6

// sceneVariety returns what makes a scene.
func sceneVariety(scene string) Variety {
	switch scene {
	case SceneNight:
		return Variety{Night: 1}
	case SceneJumble:
		return Variety{Props: jumbleProps}
	case SceneStranger:
		return Variety{HeldOut: true}
	}
	return Variety{}
}
