// What the reader is looking at: place, panels, the message being answered or edited.

export const initialView = {
  view: {
    guildID: null, channelID: null, isMembersShown: true, sheet: null, replyTo: null, isReplyPinging: true,
      editing: null,
    workbench: null, modal: null,
  },
};

const look = (state, change) => ({ ...state, view: { ...state.view, ...change } });

export const viewReducers = {
  "view/went": (state, { guildID, channelID }) => look(state,
    { guildID, channelID, replyTo: null, editing: null, sheet: null }),
  "view/sheet": (state, { sheet }) => look(state, { sheet: state.view.sheet === sheet ? null : sheet }),
  "view/members": (state) => look(state, { isMembersShown: !state.view.isMembersShown }),
  "view/workbench": (state, { tab }) => look(state, { workbench: tab, sheet: null }),
  "view/reply": (state, { message }) => look(state, { replyTo: message, isReplyPinging: true, editing: null }),
  "view/replyPing": (state) => look(state, { isReplyPinging: !state.view.isReplyPinging }),
  "view/edit": (state, { id }) => look(state, { editing: id, replyTo: null }),
  "gateway/status": (state, { status }) => (state.status === status ? state : { ...state, status }),
};
