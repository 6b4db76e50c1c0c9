import { describe, expect, it } from 'vitest';
import { UploadSlots } from './upload-slots.ts';

const LONG = 60_000;

/** Asks for slots, and tells in which order they were had. */
function visitors(slots: UploadSlots) {
	const entered: string[] = [];
	const leaving = new Map<string, () => void>();
	return {
		entered,
		ask: (sender: string) =>
			void slots.enter(sender, LONG).then((leave) => {
				entered.push(sender);
				leaving.set(sender, leave ?? (() => {}));
			}),
		leave: async (sender: string) => {
			leaving.get(sender)?.();
			await Promise.resolve();
		}
	};
}

describe('a slot', () => {
	it('goes to who has had the least time of late, and among equals to who came first', async () => {
		let clock = 0;
		const { entered, ask, leave } = visitors(new UploadSlots(1, 1, () => clock));
		ask('often');
		await Promise.resolve();
		clock = 5000;
		for (const sender of ['often', 'first', 'second']) ask(sender);
		for (const sender of ['often', 'first', 'second']) await leave(sender);
		expect(entered).toEqual(['often', 'first', 'second', 'often']);
	});

	it('is kept for others by senders who have had much, in half of all', async () => {
		let clock = 0;
		const { entered, ask, leave } = visitors(new UploadSlots(2, 1, () => clock));
		for (const sender of ['often', 'more']) ask(sender);
		await Promise.resolve();
		clock = 9000;
		for (const sender of ['often', 'more', 'often', 'more']) {
			if (entered.length < 3) await leave(sender);
			ask(sender);
		}
		await Promise.resolve();
		expect(entered).toEqual(['often', 'more', 'often']);
		ask('new');
		await Promise.resolve();
		expect(entered).toEqual(['often', 'more', 'often', 'new']);
	});

	it('does not count against a sender for ever', async () => {
		let clock = 0;
		const { entered, ask, leave } = visitors(new UploadSlots(1, 1, () => clock));
		ask('long ago');
		await Promise.resolve();
		clock = 5000;
		await leave('long ago');
		clock += 20 * 60_000;
		ask('today');
		await Promise.resolve();
		clock += 100;
		for (const sender of ['today', 'long ago']) ask(sender);
		await leave('today');
		expect(entered).toEqual(['long ago', 'today', 'long ago']);
	});

	it('is left free for others by a sender who has as many as allowed', async () => {
		const { entered, ask } = visitors(new UploadSlots(3, 2));
		for (const sender of ['one', 'one', 'one', 'other']) ask(sender);
		await Promise.resolve();
		expect(entered).toEqual(['one', 'one', 'other']);
	});

	it('is given up by who has waited long enough', async () => {
		const slots = new UploadSlots(1, 1);
		await slots.enter('one', LONG);
		expect(await slots.enter('other', 1)).toBeUndefined();
	});
});
