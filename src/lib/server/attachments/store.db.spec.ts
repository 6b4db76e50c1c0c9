import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { fileStore, holdRemovals } from './store.ts';

useFreshDatabase();

test('keeps files until the first backup ends, also after a second one was refused', async () => {
	const key = randomUUID();
	await fileStore().put(key, Buffer.from('x'));
	const isThereAfterRemoval = async () => {
		await fileStore().remove(key);
		return (await fileStore().read(key)) !== null;
	};
	const resume = await holdRemovals();
	const resumeAfterRefusal = await holdRemovals();
	await resumeAfterRefusal();
	expect(await isThereAfterRemoval()).toBe(true);
	await resume();
	expect(await isThereAfterRemoval()).toBe(false);
});
