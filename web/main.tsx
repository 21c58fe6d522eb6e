// Renders the page into its document.

import '@fontsource-variable/hanken-grotesk'
import '@fontsource-variable/newsreader/wght.css'
import '@fontsource-variable/newsreader/wght-italic.css'
import './style/tokens.css'
import './style/base.css'
import './style/controls.css'
import './style/layout.css'
import './style/forms.css'
import './style/menu.css'
import './style/pictures.css'
import './style/tones.css'
import { render } from 'solid-js/web'
import { App } from './app.tsx'

const place = document.getElementById('page')
if (place === null) throw new Error('The document has no element #page.')
render(() => <App />, place)
