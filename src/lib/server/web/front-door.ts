import { firstReplyPromise } from '../cases/promise.ts';
import { now } from '../clock.ts';
import { openOffice, openOffices } from '../people/offices.ts';

/** How long a front door may lag behind a change of its office: nobody notices a second, a busy counter saves queries. */
const FRESH_MS = 1000;
const MOST = 500;

async function look(name: string) {
	const unit = await openOffice(name);
	const [promised, offices] = await Promise.all([firstReplyPromise(unit, 'complaint'), openOffices()]);
	return { unit, promised, others: offices.length > 1 };
}

const seen = new Map<string, { until: number; door: ReturnType<typeof look> }>();

/** An office by code or slug with what its front door says: the promise, and whether there are others to choose. */
export function frontDoor(name: string): ReturnType<typeof look> {
	const at = now().getTime();
	const kept = seen.get(name);
	if (kept && kept.until > at) return kept.door;
	if (seen.size >= MOST) seen.clear();
	const door = look(name);
	seen.set(name, { until: at + FRESH_MS, door });
	// What failed is looked up anew by the next who asks.
	door.catch(() => seen.delete(name));
	return door;
}
