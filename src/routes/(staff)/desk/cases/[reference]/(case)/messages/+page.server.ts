import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(
		async ({ actor, reference, data, files }) => {
			// The value of the pressed button; without it, the text is stored as an internal note.
			const isPublic = data.public === 'true';
			await writeMessage(actor, reference, { ...data, public: isPublic }, { files });
			return isPublic ? 'message_sent' : 'note_kept';
		},
		{ field: 'body', use: 'message' }
	)
};
