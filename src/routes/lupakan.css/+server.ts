import { clearPagesResponse } from '#lib/server/web/http/forget-pages.ts';

export const GET = ({ cookies }) => clearPagesResponse(cookies);
