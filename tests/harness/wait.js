import { setTimeout as pause } from "node:timers/promises";

/**
 * Calls `attempt` until it gives something truthy and returns that. Deliveries and jobs
 * happen a moment after the command that caused them, so nothing here may look only once.
 */
export async function eventually(what, attempt, { seconds = 15 } = {}) {
  const end = Date.now() + seconds * 1000;
  let reason = "it never came true";
  for (;;) {
    try {
      const value = await attempt();
      if (value) return value;
    } catch (error) {
      reason = error.message;
    }
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}: ${reason}`);
    await pause(100);
  }
}
