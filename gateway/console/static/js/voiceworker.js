// A worker that decodes voice messages: AMR comes in, samples at 8 kHz come back.
// The decoder is a module of another kind, which answers by messages itself.
self.module = {};
importScripts(new URL("../vendor/amrnb.js", location));
module.exports();
