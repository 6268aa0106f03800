"use strict";
// Before anything is laid out: with scripts one layer is shown at a time. Where one of them breaks, all are.
document.documentElement.classList.add("scripting");
for (const trouble of ["error", "unhandledrejection"]) addEventListener(trouble, () => document.documentElement.classList.remove("scripting"));
