// The reference server: answers as tests/servers/oxide.rs does. Usage:
// node server.js <port, 0 for any> <ping interval> <ping time-out, both in ms>
"use strict";

const { createServer } = require("node:http");
const { Server } = require("socket.io");

const [port, pingInterval, pingTimeout] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http, { pingInterval, pingTimeout, maxHttpBufferSize: 20000 });

const notes = [];

function serve(socket) {
  socket.emit("auth", socket.handshake.auth);
  socket.on("echo", (...args) => args.pop()(...args));
  socket.on("echo-binary", (bytes, reply) => reply(bytes));
  socket.on("repeat", (value) => socket.emit("repeated", value));
  socket.on("ask", (value) => socket.emit("question", value, (answer) => socket.emit("answered", answer)));
  socket.on("ask-binary", () =>
    socket.emit("binary-question", Buffer.from([1, 2, 3]), (answer) => socket.emit("binary-answered", answer)),
  );
  // As the packet arrives: a listener would not be called any more if the socket leaves in the same breath.
  socket.use(([event, note], next) => {
    if (event === "note") notes.push(note);
    next();
  });
  socket.on("notes", (reply) => reply(notes));
  socket.on("disconnect", (reason) => notes.push(reason));
  socket.on("silence", () => {});
  socket.on("kick", () => socket.disconnect());
}

io.on("connection", serve);
io.of("/admin").on("connection", serve);
io.of("/refused").use((_socket, next) => {
  const error = new Error("not today");
  error.data = { code: 7 };
  next(error);
});

http.listen(port, "127.0.0.1", () => console.log(http.address().port));
// Ends with the test that started it, however that ends.
process.stdin.on("close", () => process.exit()).resume();
