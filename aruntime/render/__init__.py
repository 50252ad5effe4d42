"""From answers to text: tables for people, standard formats for programs."""
