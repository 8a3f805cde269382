// The entry of the page of a shape.

import { openField } from "./field-page.js";
import { shapePage } from "./shape-page.js";

openField(shapePage);
