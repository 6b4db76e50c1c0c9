import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { caseVerb } from '../../../verbs.ts';

export const POST = caseVerb('askReporter', askReporter);
