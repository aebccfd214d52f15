"""A room: one game, many devices. An instructor opens it, students join by a code, a projector shows it.

``tokens`` says who is who, ``classroom`` is the room with its rules and knows no network, ``room_file``
keeps it on disk, ``briefs``, ``board`` and ``verdict`` make what is shown, ``debrief_sheet`` a page to
print; ``links`` puts it on the server.
"""
