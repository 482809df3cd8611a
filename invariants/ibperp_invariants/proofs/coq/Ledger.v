(* Any number of balances and any run of postings: what is held is what is owed (CU-1). *)
From Ibperp Require Import Kernels Sums.
Require Import ZArith List Lia Bool.
Import ListNotations.
Open Scope Z_scope.

Record Balance := { kind : LedgerKind; atoms : Z }.

Definition signed (b : Balance) : Z := if posting_is_held (kind b) then atoms b else - atoms b.
Definition after_debit (b : Balance) (amount : Z) : Balance :=
  {| kind := kind b; atoms := posting_debited (atoms b) amount (posting_is_held (kind b)) |}.
Definition after_credit (b : Balance) (amount : Z) : Balance :=
  {| kind := kind b; atoms := posting_credited (atoms b) amount (posting_is_held (kind b)) |}.

(* A step opens a balance of zero, or posts; a posting that fails an assertion changes nothing. *)
Inductive step := Open (k : LedgerKind) | Post (debit credit : nat) (amount : Z).

Definition post (books : list Balance) (i j : nat) (amount : Z) : list Balance :=
  match nth_error books i with
  | None => books
  | Some b =>
      let debited := update books i (after_debit b amount) in
      match nth_error debited j with
      | None => books
      | Some c =>
          if (0 <? amount) && (0 <=? atoms (after_debit b amount)) && (0 <=? atoms (after_credit c amount))
          then update debited j (after_credit c amount) else books
      end
  end.

Definition act (books : list Balance) (s : step) : list Balance :=
  match s with
  | Open k => books ++ [{| kind := k; atoms := 0 |}]
  | Post i j amount => post books i j amount
  end.

Lemma a_debit_adds_the_amount : forall b amount, signed (after_debit b amount) = signed b + amount.
Proof.
  intros [k v] amount. unfold signed, after_debit, posting_debited; cbn [kind atoms].
  destruct (posting_is_held k); lia.
Qed.

Lemma a_credit_takes_the_amount : forall b amount, signed (after_credit b amount) = signed b - amount.
Proof.
  intros [k v] amount. unfold signed, after_credit, posting_credited; cbn [kind atoms].
  destruct (posting_is_held k); lia.
Qed.

Lemma a_step_keeps_the_sum : forall books s, sum signed (act books s) = sum signed books.
Proof.
  intros books [k | i j amount]; simpl.
  - rewrite sum_of_one_more. unfold signed; simpl. destruct (posting_is_held k); lia.
  - unfold post. destruct (nth_error books i) as [b|] eqn:Hi; [|reflexivity].
    destruct (nth_error (update books i (after_debit b amount)) j) as [c|] eqn:Hj; [|reflexivity].
    destruct (_ && _); [|reflexivity].
    rewrite (one_entry_changes_the_sum_by_its_change _ signed _ j c _ Hj).
    rewrite (one_entry_changes_the_sum_by_its_change _ signed _ i b _ Hi).
    rewrite a_debit_adds_the_amount, a_credit_takes_the_amount. lia.
Qed.

Theorem custody_identity_after_any_run : forall run books,
  sum signed books = 0 -> sum signed (fold_left act run books) = 0.
Proof.
  intros run books. apply (a_law_that_each_step_keeps_holds_after_any_run _ _ act (fun b => sum signed b = 0)).
  intros b s H. rewrite a_step_keeps_the_sum. exact H.
Qed.

Theorem no_balance_below_zero_after_any_run : forall run books,
  Forall (fun b => 0 <= atoms b) books -> Forall (fun b => 0 <= atoms b) (fold_left act run books).
Proof.
  intros run books.
  apply (a_law_that_each_step_keeps_holds_after_any_run _ _ act (Forall (fun b => 0 <= atoms b))).
  intros b [k | i j amount] H; simpl.
  - apply Forall_app; split; auto. constructor; [simpl; lia | constructor].
  - unfold post. destruct (nth_error b i) as [x|] eqn:Hi; [|exact H].
    destruct (nth_error (update b i (after_debit x amount)) j) as [c|] eqn:Hj; [|exact H].
    destruct (_ && _) eqn:G; [|exact H].
    apply andb_prop in G as [G Hc]. apply andb_prop in G as [_ Hd].
    apply Z.leb_le in Hc. apply Z.leb_le in Hd.
    apply updated_entries_are_old_or_new; [|exact Hc].
    apply updated_entries_are_old_or_new; [exact H | exact Hd].
Qed.
