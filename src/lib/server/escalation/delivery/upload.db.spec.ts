import { describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { claimEscalation } from './claim.ts';
import { filesOf } from '../forward/files.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { uploadFiles } from './upload.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { forwardedCase, makeOffice, useLapor } from '#lib/dev/testing/lapor.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';

useFreshDatabase();
const lapor = useLapor();

/** A claimed report with one photo, and a worker whose upload is answered only once it is let go. */
async function slowUpload() {
	const files = [{ name: 'a.jpg', type: 'image/jpeg', bytes: await phonePhoto('jpeg') }];
	const { escalation } = await forwardedCase(await makeOffice(), {}, {}, { files });
	const claimed = await claimEscalation(escalation.id);
	const client = laporClient();
	if (!claimed || !client) throw new Error('not claimed');
	const claim = claimed.escalation;
	let letGo: () => void = () => {};
	const wait = new Promise<void>((resolve) => (letGo = resolve));
	let answered: () => void = () => {};
	const heard = new Promise<void>((resolve) => (answered = resolve));
	const slow = {
		...client,
		uploadFiles: async (sent: Parameters<typeof client.uploadFiles>[0]) => {
			const seen = await client.uploadFiles(sent);
			answered();
			await wait;
			return seen;
		}
	};
	const first = uploadFiles(slow, claim);
	await heard;
	return { claim, client, first, letGo, kept: async () => (await filesOf(db(), claim.id))[0] };
}

describe('a photo that two workers upload at once', () => {
	it('has one id that counts, the first that was written down, and both go on with it', async () => {
		const { claim, client, first, letGo, kept } = await slowUpload();
		const second = await uploadFiles(client, claim);
		letGo();
		expect(await first).toEqual(second);
		expect(second).toEqual({ outcome: 'ready', fileIds: [(await kept())?.remoteId] });
	});

	it('does not stay behind where LAPOR took it from one of them', async () => {
		await lapor.faults([{ kind: 'answer', status: 413, match: { endpoint: 'upload' }, count: 1 }]);
		const { claim, client, first, letGo, kept } = await slowUpload();
		const second = await uploadFiles(client, claim);
		letGo();
		expect(await first).toEqual(second);
		expect(await kept()).toMatchObject({ leftOut: null, remoteId: expect.stringMatching(/^\d+$/) });
	});
});
