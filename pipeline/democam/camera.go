package democam

// cameraNoise is the noise of a camera, in grey levels: that of a usual webcam. Training clips have 0 to 3.5.
const cameraNoise = 1.5

// lookTries is how many persons are drawn up, at most, to find one whose shirt differs from the others'.
const lookTries = 12

// Camera is an endless video of actors who change what they do. It is not safe for concurrent use.
type Camera struct {
	config   Config
	optics   optics
	backdrop *backdrop
	screen   *canvas
	sensor   *sensor
	stage    *stage
	next     int // index of the next frame
}

// New sets up a camera; it draws the backdrop, which takes a tenth of a second for a large frame. Errors wrap
// [ErrConfig].
func New(c Config) (*Camera, error) {
	c = c.WithDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	ease := max(c.Ease, 0) // FullClutter is -1
	r := newRNG(c.Seed)
	aspect := float64(c.Width) / float64(c.Height)
	camera := &Camera{config: c}
	camera.backdrop = newBackdrop(c.Width, c.Height, aspect, ease, r)
	camera.optics = r.optics(ease)
	camera.optics.pan = min(camera.optics.pan, backdropMargin/2*aspect)
	variety := sceneVariety(c.Scene)
	scene := variety.draw(c.Seed, ease)
	scene.furnish(camera.backdrop, aspect)
	scene.light(&camera.optics)
	camera.screen = newCanvas(c.Width, c.Height, aspect)
	camera.sensor = newSensor(&camera.optics, c.Width, r)
	stage, err := newStage(&c, aspect, ease, camera.optics.pan, r)
	if err != nil {
		return nil, err
	}
	scene.dress(stage.actors)
	camera.stage = stage
	return camera, nil
}

// Config returns the camera's settings, defaults filled in.
func (c *Camera) Config() Config { return c.config }

// Skip goes on by n frames without drawing them: the actors do what they would have done, and the frames that follow are the same to the
// byte as if the frames between had been drawn whole. A day takes a second or two.
func (c *Camera) Skip(n int) {
	for range n {
		c.stage.advance(float64(c.next) / c.config.FPS)
		c.sensor.skip(c.config.Height)
		c.next++
	}
}

// Frame renders the next frame into dst, uint8 RGB [Height, Width, 3] without padding, and returns what is in it. A dst
// too short gets the rows that fit.
func (c *Camera) Frame(dst []byte) Truth {
	t := float64(c.next) / c.config.FPS
	c.stage.advance(t)
	c.screen.offset = c.optics.direction(t)
	drawn := paint(c.screen, c.backdrop, c.stage.playing(t))
	c.sensor.expose(c.screen, dst)
	truth := Truth{Index: c.next, Time: t, Actors: make([]ActorTruth, len(drawn))}
	table := actionTable()
	for i, a := range c.stage.actors {
		info, d := table[a.action], drawn[i]
		truth.Actors[i] = ActorTruth{
			Action: info.name, Object: info.object, Since: t - a.began,
			Person: d.person.inFrame(c.stage.aspect), Visible: d.person.visible(c.stage.aspect),
		}
		if d.hasObject {
			truth.Actors[i].ObjectBox = d.object.inFrame(c.stage.aspect)
		}
	}
	c.next++
	return truth
}
