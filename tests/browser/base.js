// Fills the sample counties once; each journey starts on a copy of one. `node base.js FOLDER`

import { fillCounties } from "./site.js";

await fillCounties(process.argv[2]);
