import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(
		async ({ actor, reference, data, files }) => {
			// Which of the two buttons was pressed: nothing goes out that nobody sent.
			const outward = data.public === 'true';
			await writeMessage(actor, reference, { ...data, public: outward }, { files });
			return outward ? 'message_sent' : 'note_kept';
		},
		{ field: 'body', use: 'message' }
	)
};
