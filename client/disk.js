// A Worker of its own has the files (client/src/files.rs). The page tells it nothing before it says that it hears.
import init, { work } from './visavis-files.js';

await init();
const ear = work((...word) => postMessage(word, word[2] instanceof ArrayBuffer ? [word[2]] : []));
onmessage = ({ data }) => ear(...data);
