/** `npm run mock`: the mock as a server to look at, with a tick every 15 s and an item that changes now and then. */
import { MockServer } from "./server";

const mock = new MockServer();
const url = await mock.listen(Number(process.env.PORT ?? 8420));
setInterval(() => mock.push({ type: "tick", data: { server_time: mock.world.now() } }), 15_000);
setInterval(() => mock.world.update(mock.world.inState("departed").id, {}), 20_000);
console.log(`${url}  user xujingyi, password storm-night`);
