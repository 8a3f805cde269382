// The entry of the page of a picture or a clip.

import { openField } from "./field-page.js";
import { picturePage } from "./picture-page.js";

openField(picturePage);
