// Forty blankets from two collectives and a neighbour, told by three servers of ours and followed
// by somebody on a foreign one, who sees a single readable post that is edited. One server is killed
// on the way and comes back.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Create, Follow, Note, Update } from "@fedify/vocab";
import { engines } from "../harness/engines.js";
import { Server } from "../harness/server.js";
import { eventually } from "../harness/wait.js";
import { Peer } from "./peer.js";

for (const engine of engines) {
  describe(`forty blankets on ${engine}`, () => {
    let ring;
    let mill;
    let harbour;
    let ana;
    let need;

    before(async () => {
      const start = (handle, name) => Server.start({ handle, name, engine });
      [ring, mill, harbour, ana] = await Promise.all([
        ...[start("ring", "Ring Street"), start("mill", "Mill Lane"), start("harbour", "Harbour")],
        Peer.start(),
      ]);
      await ring.cli("member", "add", "Rosa");
      await ring.cli("member", "add", "Milo");
    });

    after(async () => {
      await ana?.stop();
      for (const server of [ring, mill, harbour]) {
        assert.equal(await server?.stop(), 0, "a server ends well when asked to");
      }
    });

    const rings = async () => (await ring.cli("proposal", "show", need.id))[0];

    /** What a neighbour knows of the need. */
    const theirs = async (server) => {
      const all = await server.cli("proposal", "list", "--from", "all");
      return all.find((each) => each.object === ring.note(need.id));
    };

    const outgoing = async (server, id) => {
      const all = await server.cli("promise", "list", "--outgoing");
      return all.find((each) => each.id === id);
    };

    const incoming = async (state) => {
      const all = await ring.cli("promise", "list", "--incoming");
      return all.filter((each) => each.state === state);
    };

    const until = (what, test) => eventually(what, test, { seconds: 60 });

    /** Ana's newest copy of the post, as text. */
    const post = async () => {
      const about = ana.deliveries.map(({ json }) => json.object);
      const copies = about.filter((object) => object?.id === ring.note(need.id));
      return copies.at(-1)?.content ?? "";
    };

    it("begins with two pacts and a follower", async () => {
      for (const server of [mill, harbour]) {
        await ring.cli("pact", "propose", `@${server.handle}@${server.host}`);
        const asked = await until("the proposal of a pact", async () => {
          return (await server.cli("pact", "list"))[0];
        });
        await server.cli("pact", "accept", asked.id);
      }
      await until("two active pacts", async () => {
        const pacts = await ring.cli("pact", "list");
        return pacts.length === 2 && pacts.every((pact) => pact.state === "active");
      });
      const actor = await ana.find(`@ring@${ring.host}`);
      await ana.send(actor, new Follow({ id: ana.id("follows"), actor: ana.actor, object: actor.id }));
      await until("a third follower", async () => {
        return (await ring.cli("follower", "list")).length === 3;
      });
    });

    it("is asked for by one, and seen by all", async () => {
      need = await ring.make(
        ...["need", "post", "--title", "Warm blankets", "--kind", "bedding", "--by", "Rosa"],
        ...["--amount", "40", "--unit", "one", "--minimum", "5", "--place", "The hall"],
      );
      const { activity } = await ana.received(Create);
      assert.ok((await activity.getObject(ana.context)) instanceof Note);
      for (const server of [mill, harbour]) {
        await until("the need at a neighbour", async () => (await theirs(server))?.open === "40");
      }
    });

    it("gets twenty-five from Mill Lane, though Mill Lane is killed on the way", async () => {
      const made = await mill.make("promise", "make", ring.note(need.id), "--amount", "25");
      assert.equal(made.state, "pending");
      const [came] = await until("the promise", async () => {
        const all = await incoming("pending");
        return all.length ? all : null;
      });
      await mill.kill();
      await ring.cli("promise", "accept", came.id);
      assert.equal((await rings()).open, "15");
      await mill.restart();
      await ring.cli("queue", "retry", mill.host);
      await until("the answer at Mill Lane", async () => {
        return (await outgoing(mill, made.id)).state === "active";
      });
      mill.promise = made.id;
    });

    it("counters twenty of Harbour's with fifteen now and five in reserve", async () => {
      const made = await harbour.make("promise", "make", ring.note(need.id), "--amount", "20");
      const [came] = await until("the promise", async () => {
        const all = await incoming("pending");
        return all.length ? all : null;
      });
      await ring.cli("promise", "counter", came.id);
      await until("the counter", async () => (await outgoing(harbour, made.id)).counter_now === "15");
      const taken = await harbour.cli("promise", "accept", made.id);
      assert.equal(taken.length, 2);
      harbour.promises = taken.map((each) => each.id);
      await until("both to be agreed", async () => {
        const states = [];
        for (const id of harbour.promises) states.push((await outgoing(harbour, id)).state);
        return states.join() === "active,in_reserve";
      });
      const { open, reserved } = await rings();
      assert.deepEqual([open, reserved], ["0", "5"]);
    });

    it("moves the reserve up when ten of Mill Lane's were wet", async () => {
      await mill.cli("promise", "release", mill.promise, "--amount", "10");
      await until("the reserve to move up", async () => {
        return (await outgoing(harbour, harbour.promises[1])).state === "active";
      });
      assert.equal((await rings()).open, "5");
      await until("everybody to see it", async () => {
        return (await theirs(harbour))?.open === "5" && (await theirs(mill))?.open === "5";
      });
      await until("ana to see it", async () => /5 still needed/.test(await post()));
    });

    it("gets the last five from a neighbour", async () => {
      const made = await ring.make("promise", "make", need.id, "--amount", "5", "--by", "Milo");
      await ring.cli("fulfilment", "confirm", made.id, "--by", "Milo");
      await ring.cli("fulfilment", "confirm", made.id, "--by", "Rosa");
      assert.equal((await rings()).open, "0");
    });

    it("is counted by both sides, each by its own", async () => {
      await mill.cli("promise", "confirm", mill.promise, "--amount", "15");
      for (const id of harbour.promises) await harbour.cli("promise", "confirm", id);
      await until("their counts", async () => {
        const all = await ring.cli("promise", "list", "--incoming");
        return all.filter((each) => each.counted_by_them).length === 3;
      });
      for (const each of await ring.cli("promise", "list", "--incoming")) {
        if (!each.promise) continue;
        const counted = each.amount === "15" && each.from === mill.actor ? "14" : each.amount;
        await ring.cli("promise", "confirm", each.id, "--amount", counted);
      }
      await until("both sides to know", async () => {
        const mills = await outgoing(mill, mill.promise);
        return mills.state === "delivered" && mills.counted_by_them === "14";
      });
      assert.equal((await outgoing(mill, mill.promise)).counted_by_us, "15");
      for (const id of harbour.promises) {
        await until("Harbour to know", async () => {
          return (await outgoing(harbour, id)).state === "delivered";
        });
      }
    });

    it("is closed as enough, and a plain follower saw one post being edited", async () => {
      await ring.cli("proposal", "close", need.id, "--reason", "enough");
      const { came_low, came_high, state } = await rings();
      assert.deepEqual([came_low, came_high, state], ["39", "40", "enough"]);
      await until("ana to see the end", async () => /39 to 40 of 40/.test(await post()));
      const edits = ana.activities.filter((activity) => activity instanceof Update);
      assert.ok(edits.length >= 3, `${edits.length} edits`);
      const objects = new Set(edits.map((edit) => edit.objectId.href));
      assert.deepEqual([...objects], [ring.note(need.id)]);
      const all = ana.deliveries.map(({ json }) => json);
      assert.doesNotMatch(JSON.stringify(all), /Milo|Rosa/, "no person is named");
      // Fulfilments say which agreement they fulfil; nobody sees the agreement itself.
      const kinds = new Set(all.flatMap((each) => [each.type, each.object?.type]));
      for (const kind of ["Offer", "Reject", "Agreement", "Relationship"]) {
        assert.ok(!kinds.has(kind), `${kind}: what is between collectives stays there`);
      }
    });
  });
}
