// The entry of the page of a sound.

import { openField } from "./field-page.js";
import { soundPage } from "./sound-page.js";

openField(soundPage);
