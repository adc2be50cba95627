// Fills the sample county without its story once; each journey starts on a copy. `node base.js FOLDER`

import { fillCounty } from "./site.js";

await fillCounty(process.argv[2]);
