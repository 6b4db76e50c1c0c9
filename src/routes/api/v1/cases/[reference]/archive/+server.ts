import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { caseVerb } from '../../../verbs.ts';

export const POST = caseVerb('archiveCase', archiveCase);
