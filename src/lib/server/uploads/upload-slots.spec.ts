import { describe, expect, it } from 'vitest';
import { UploadSlots } from './upload-slots.ts';

const LONG = 60_000;

/** Requests slots and records the order in which they are granted. */
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
	it('goes to the sender with the least recent time in slots, and among equals to the first', async () => {
		let clock = 0;
		const { entered, ask, leave } = visitors(new UploadSlots(1, 1, () => clock));
		ask('often');
		await Promise.resolve();
		clock = 5000;
		for (const sender of ['often', 'first', 'second']) ask(sender);
		for (const sender of ['often', 'first', 'second']) await leave(sender);
		expect(entered).toEqual(['often', 'first', 'second', 'often']);
	});

	it('stays free for other senders if frequent senders already have half of the slots', async () => {
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

	it('counts less against a sender as time passes', async () => {
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

	it('is not given to a sender who has as many as allowed', async () => {
		const { entered, ask } = visitors(new UploadSlots(3, 2));
		for (const sender of ['one', 'one', 'one', 'other']) ask(sender);
		await Promise.resolve();
		expect(entered).toEqual(['one', 'one', 'other']);
	});

	it('is no longer waited for after the longest wait', async () => {
		const slots = new UploadSlots(1, 1);
		await slots.enter('one', LONG);
		expect(await slots.enter('other', 1)).toBeUndefined();
	});
});
